/*
 * policy-most-used.c - the PINs that people choose most, of four and of six
 * digits: the first ones of four published lists.
 *
 * Four digits: the ten first of Amitay's 204,508 iPhone codes and the twenty
 * first of Berry's 3.4 million. Six digits: the ten first of the RockYou
 * passwords and the twenty first of Berry's.
 *
 * Sources: D. Amitay, "Most Common iPhone Passcodes", 2011; N. Berry, "PIN
 * analysis", DataGenetics, 2012; for RockYou, and for what such a list is
 * worth, P. Markert, D. V. Bailey, M. Golla, M. Duermuth and A. J. Aviv, "This
 * PIN Can Be Easily Guessed", IEEE Symposium on Security and Privacy, 2020.
 */
#include "config.h"

#include "core/policy-rule.h"

#include <stdlib.h>
#include <string.h>

/* Each sorted by strcmp(). */
static const char	four[][5] = {
	"0000", "0852", "1004", "1010", "1111", "1122",
	"1212", "1234", "1313", "1998", "2000", "2001",
	"2222", "2580", "3333", "4321", "4444", "5555",
	"5683", "6666", "6969", "7777", "8888", "9999",
};

static const char	six[][7] = {
	"000000", "007007", "101010", "111111", "112233", "121212",
	"123123", "123321", "123456", "123654", "131313", "159753",
	"222222", "292513", "654321", "666666", "696969", "777777",
	"789456", "999999",
};

static int
compare(const void *digits, const void *row)
{
	return memcmp(digits, row, strlen(row));
}

bool
policy_is_most_used(const char *digits, size_t count)
{
	if (count == 4)
		return bsearch(digits, four, sizeof(four) / sizeof(four[0]),
		    sizeof(four[0]), compare) != NULL;
	if (count == 6)
		return bsearch(digits, six, sizeof(six) / sizeof(six[0]),
		    sizeof(six[0]), compare) != NULL;
	return false;
}
