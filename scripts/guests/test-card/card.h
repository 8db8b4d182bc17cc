/* The cards: what they are called, and how they are painted. */
#ifndef CARD_H
#define CARD_H

#include <stdint.h>

#define CARDS 4

/* A picture of 32 bits a pixel: 0x00RRGGBB, rows from the top without gaps. */
struct picture {
    /* Volatile: it is a device's memory, and no loop over it becomes a call of memset. */
    volatile uint32_t *pixels;
    unsigned width, height;
};

/* Name of a card, in capitals. */
const char *card_name(unsigned card);
/* Paints a card over the whole picture, whose sides are as 4 to 3. */
void paint_card(const struct picture *picture, unsigned card);

#endif
