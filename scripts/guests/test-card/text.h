/* Numbers as text, for the console and for the picture. */
#ifndef TEXT_H
#define TEXT_H

/* Room for any text that these make, with its end. */
#define TEXT_LENGTH 64

/* Appends text to `line`, which ends before TEXT_LENGTH. */
void append(char *line, const char *text);
/* Appends a number in decimal. */
void append_number(char *line, unsigned number);

#endif
