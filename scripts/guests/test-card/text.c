#include "text.h"

void append(char *line, const char *text)
{
    unsigned length = 0;

    while (line[length] != '\0') {
        length++;
    }
    while (*text != '\0' && length < TEXT_LENGTH - 1) {
        line[length++] = *text++;
    }
    line[length] = '\0';
}

void append_number(char *line, unsigned number)
{
    /* Ten digits are enough for 32 bits. */
    char digits[11];
    unsigned first = sizeof(digits) - 1;

    digits[first] = '\0';
    do {
        digits[--first] = '0' + number % 10;
        number /= 10;
    } while (number > 0);
    append(line, &digits[first]);
}
