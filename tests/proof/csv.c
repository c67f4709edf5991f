/* csv.c: any text is written as a field. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "core/csv.c"

int
main(void)
{
	char		bytes[BOUND + 1];
	struct buf	buf = BUF_INIT(BOUND);

	csv_field(&buf, any_text(bytes));
	return 0;
}
