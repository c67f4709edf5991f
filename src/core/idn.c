/*
 * idn.c - turn domains into A-labels with libidn2, and check their labels.
 *
 * ASCII is not given to the library: IDNA knows rules, like the one against
 * hyphens in third and fourth place, that domains in use break.
 */
#include "config.h"

#include "core/idn.h"

#include <string.h>
#include <strings.h>

#include <idn2.h>

#include "base/utf8.h"

#define LABEL_MAX	63	/* bytes, RFC 1035, section 2.3.4 */
#define LABEL_LETTERS	"abcdefghijklmnopqrstuvwxyz" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

const char *
idn_labels_fault(const char *ascii, const char *others)
{
	const char	*label = ascii;
	size_t		 len, i;

	for (;; label += len + 1) {
		len = strcspn(label, ".");
		if (len == 0)
			return label == ascii ?
			    "has a dot right after the '@'" :
			    label[0] == '\0' ? "ends with a dot" :
			    "has two dots in a row";
		for (i = 0; i < len; i++) {
			if (strchr(LABEL_LETTERS, label[i]) == NULL &&
			    strchr(others, label[i]) == NULL)
				return "has a domain with other characters "
				    "than letters, digits and '-'";
		}
		if (len > LABEL_MAX)
			return "has a domain with a label of more than 63 "
			    "bytes";
		if (label[0] == '-' || label[len - 1] == '-')
			return "has a domain with '-' at an end of a label";
		if (label[len] == '\0')
			return NULL;
	}
}

enum status
idn_domain(const char *utf8, char *ascii, size_t size)
{
	char		*made = NULL;
	const char	*domain = utf8;
	enum status	 st = ST_BAD;
	int		 rc;

	ascii[0] = '\0';
	if (!utf8_is_ascii(utf8)) {
		rc = idn2_to_ascii_8z(utf8, &made, IDN2_NONTRANSITIONAL);
		if (rc != IDN2_OK)
			return rc == IDN2_MALLOC ? ST_RETRY : ST_BAD;
		domain = made;
	}
	if (strlen(domain) < IDN_DOMAIN_SIZE && strlen(domain) < size &&
	    idn_labels_fault(domain, "_") == NULL) {
		strcpy(ascii, domain);
		st = ST_OK;
	}
	idn2_free(made);
	return st;
}

/* Is a label the A-label of what it stands for? An IDN2_ code. */
static int
check_a_label(const char *label)
{
	char	*utf8 = NULL, *made = NULL;
	int	 rc;

	rc = idn2_to_unicode_8z8z(label, &utf8, 0);
	if (rc == IDN2_OK)
		rc = idn2_to_ascii_8z(utf8, &made, IDN2_NONTRANSITIONAL);
	if (rc == IDN2_OK && strcasecmp(made, label) != 0)
		rc = IDN2_ALABEL_ROUNDTRIP_FAILED;
	idn2_free(made);
	idn2_free(utf8);
	return rc;
}

enum status
idn_check(const char *ascii)
{
	char	label[LABEL_MAX + 1];
	size_t	len;
	int	rc = IDN2_OK;

	for (; rc == IDN2_OK; ascii += len + 1) {
		len = strcspn(ascii, ".");
		if (len > LABEL_MAX)
			return ST_BAD;
		memcpy(label, ascii, len);
		label[len] = '\0';
		if (strncasecmp(label, "xn--", 4) == 0)
			rc = check_a_label(label);
		if (ascii[len] == '\0')
			break;
	}
	return rc == IDN2_OK ? ST_OK : rc == IDN2_MALLOC ? ST_RETRY : ST_BAD;
}

enum status
idn_address(const char *utf8, char *ascii, size_t size)
{
	const char	*at = strrchr(utf8, '@');
	size_t		 head;
	enum status	 st;

	ascii[0] = '\0';
	if (at == NULL || strlen(utf8) >= size)
		return ST_BAD;
	if (at[1] == '[') {
		strcpy(ascii, utf8);
		return ST_OK;
	}
	head = (size_t)(at - utf8) + 1;
	st = idn_domain(at + 1, ascii + head, size - head);
	if (st == ST_OK)
		memcpy(ascii, utf8, head);
	else
		ascii[0] = '\0';
	return st;
}
