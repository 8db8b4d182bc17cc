/* A font of 5 by 7 pixels: capitals, digits and some signs. */
#ifndef FONT_H
#define FONT_H

#include <stdint.h>

#define GLYPH_WIDTH 5
#define GLYPH_HEIGHT 7

/* Rows of a character from the top; bit 4 is the leftmost pixel. What is missing is a blank. */
const uint8_t *glyph(char character);

#endif
