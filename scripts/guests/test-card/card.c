#include "card.h"
#include "font.h"
#include "text.h"

/* A picture is 16 cells wide and 12 high, so a cell is a square where the sides are as 4 to 3. */
#define CELLS_ACROSS 16

enum {
    BLACK = 0x000000,
    WHITE = 0xffffff,
    GROUND = 0x30363d,
    GRID = 0x59626c,
};

static const uint32_t bar_colours[8] = {
    0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000,
};

static void fill(const struct picture *picture, unsigned left, unsigned top, unsigned width,
                 unsigned height, uint32_t colour)
{
    for (unsigned y = top; y < top + height && y < picture->height; y++) {
        for (unsigned x = left; x < left + width && x < picture->width; x++) {
            picture->pixels[y * picture->width + x] = colour;
        }
    }
}

/* A circle's line of two pixels: where the distance from the centre is within one of the radius. */
static void circle(const struct picture *picture, int centre_x, int centre_y, int radius,
                   uint32_t colour)
{
    int inner = (radius - 1) * (radius - 1), outer = (radius + 1) * (radius + 1);

    for (int y = -radius; y <= radius; y++) {
        for (int x = -radius; x <= radius; x++) {
            int square = x * x + y * y;

            if (square >= inner && square < outer) {
                picture->pixels[(centre_y + y) * (int)picture->width + centre_x + x] = colour;
            }
        }
    }
}

/* Text in the middle of a black band; a character and its gap are 6 by 8 pixels times `scale`. */
static void caption(const struct picture *picture, unsigned top, unsigned height, unsigned scale,
                    const char *text)
{
    unsigned cell = picture->width / CELLS_ACROSS;
    unsigned length = 0;
    unsigned left, y;

    while (text[length] != '\0') {
        length++;
    }
    fill(picture, 4 * cell, top, 8 * cell, height, BLACK);
    left = (picture->width - (length * (GLYPH_WIDTH + 1) - 1) * scale) / 2;
    y = top + (height - GLYPH_HEIGHT * scale) / 2;
    for (unsigned at = 0; at < length; at++) {
        const uint8_t *rows = glyph(text[at]);

        for (unsigned row = 0; row < GLYPH_HEIGHT; row++) {
            for (unsigned column = 0; column < GLYPH_WIDTH; column++) {
                if (rows[row] >> (GLYPH_WIDTH - 1 - column) & 1) {
                    fill(picture, left + (at * (GLYPH_WIDTH + 1) + column) * scale,
                         y + row * scale, scale, scale, WHITE);
                }
            }
        }
    }
}

/* ---- What is in the middle of each card: 8 cells by 5 ---- */

struct area {
    unsigned left, top, width, height;
};

/* Bars of full colours, a ramp from black to white, and the same in eight steps. */
static void colour_bars(const struct picture *picture, const struct area *area)
{
    unsigned cell = area->height / 5;

    for (unsigned bar = 0; bar < 8; bar++) {
        unsigned grey = bar * 255 / 7;

        fill(picture, area->left + bar * cell, area->top, cell, 3 * cell, bar_colours[bar]);
        fill(picture, area->left + bar * cell, area->top + 4 * cell, cell, cell,
             grey << 16 | grey << 8 | grey);
    }
    for (unsigned x = 0; x < area->width; x++) {
        unsigned grey = x * 255 / (area->width - 1);

        fill(picture, area->left + x, area->top + 3 * cell, 1, cell, grey << 16 | grey << 8 | grey);
    }
}

/* Red, green, blue and grey from nothing to full: bits in the wrong place show as stripes. */
static void ramps(const struct picture *picture, const struct area *area)
{
    static const uint32_t channels[5] = { 0x010000, 0x000100, 0x000001, 0x010101, 0 };
    unsigned cell = area->height / 5;

    for (unsigned row = 0; row < 5; row++) {
        for (unsigned x = 0; x < area->width; x++) {
            unsigned level = x * 255 / (area->width - 1);
            /* The last row mixes: red goes, blue comes. */
            uint32_t colour = channels[row] ? level * channels[row] : (255 - level) << 16 | level;

            fill(picture, area->left + x, area->top + row * cell, 1, cell, colour);
        }
    }
}

/* Circles and diagonals: a picture that is stretched shows as ellipses. */
static void geometry(const struct picture *picture, const struct area *area)
{
    unsigned cell = area->height / 5;
    int centre_x = (int)(area->left + area->width / 2), centre_y = (int)(area->top + area->height / 2);

    fill(picture, area->left, area->top, area->width, area->height, BLACK);
    for (unsigned y = 0; y < area->height; y++) {
        unsigned x = y * area->width / area->height;

        fill(picture, area->left + x, area->top + y, 2, 1, 0x00ffff);
        fill(picture, area->left + area->width - 1 - x, area->top + y, 2, 1, 0x00ffff);
    }
    for (unsigned ring = 1; ring <= 4; ring++) {
        circle(picture, centre_x, centre_y, (int)(ring * cell / 2), WHITE);
    }
    circle(picture, centre_x - (int)(3 * cell), centre_y, (int)(cell / 2), 0xffff00);
    circle(picture, centre_x + (int)(3 * cell), centre_y, (int)(cell / 2), 0xffff00);
}

/* Lines of one, two and four pixels and a chequer: a picture that is scaled loses them. */
static void fine_lines(const struct picture *picture, const struct area *area)
{
    unsigned quarter = area->width / 4;

    for (unsigned y = 0; y < area->height; y++) {
        for (unsigned x = 0; x < area->width; x++) {
            unsigned part = x / quarter;
            /* Above lines that stand, below lines that lie. */
            unsigned across = y < area->height / 2 ? x : y;
            unsigned bit = part == 3 ? x + y : part == 0 ? across : across >> part;

            picture->pixels[(area->top + y) * picture->width + area->left + x] =
                bit & 1 ? WHITE : BLACK;
        }
    }
}

static const struct {
    const char *name;
    void (*paint)(const struct picture *picture, const struct area *area);
} cards[CARDS] = {
    { "COLOUR BARS", colour_bars },
    { "RAMPS", ramps },
    { "GEOMETRY", geometry },
    { "FINE LINES", fine_lines },
};

const char *card_name(unsigned card)
{
    return cards[card].name;
}

/* A frame of blocks, black and white by turns, in a line of one pixel: nothing may be cut off. */
static void frame(const struct picture *picture)
{
    unsigned width = picture->width, height = picture->height;
    unsigned cell = width / CELLS_ACROSS, thickness = cell / 4;

    for (unsigned x = 0; x < width; x += cell) {
        fill(picture, x, 0, cell, thickness, x / cell % 2 ? BLACK : WHITE);
        fill(picture, x, height - thickness, cell, thickness, x / cell % 2 ? WHITE : BLACK);
    }
    for (unsigned y = 0; y < height; y += cell) {
        fill(picture, 0, y, thickness, cell, y / cell % 2 ? BLACK : WHITE);
        fill(picture, width - thickness, y, thickness, cell, y / cell % 2 ? WHITE : BLACK);
    }
    fill(picture, 0, 0, width, 1, WHITE);
    fill(picture, 0, height - 1, width, 1, WHITE);
    fill(picture, 0, 0, 1, height, WHITE);
    fill(picture, width - 1, 0, 1, height, WHITE);
}

void paint_card(const struct picture *picture, unsigned card)
{
    unsigned width = picture->width, height = picture->height;
    unsigned cell = width / CELLS_ACROSS;
    unsigned scale = cell / 25;
    struct area area = { 4 * cell, 3 * cell, 8 * cell, 5 * cell };
    char line[TEXT_LENGTH] = "";

    fill(picture, 0, 0, width, height, GROUND);
    for (unsigned x = cell; x < width; x += cell) {
        fill(picture, x - 1, 0, 2, height, GRID);
    }
    for (unsigned y = cell; y < height; y += cell) {
        fill(picture, 0, y - 1, width, 2, GRID);
    }
    frame(picture);
    circle(picture, (int)width / 2, (int)height / 2, (int)(11 * cell / 2), WHITE);
    cards[card].paint(picture, &area);
    caption(picture, 2 * cell, cell, scale + 1, "BOOTLINK TEST CARD");
    append(line, "BOCHS-DISPLAY ");
    append_number(line, width);
    append(line, " X ");
    append_number(line, height);
    append(line, ", 32 BPP");
    caption(picture, 8 * cell, cell / 2, scale, line);
    line[0] = '\0';
    append(line, "CARD ");
    append_number(line, card + 1);
    append(line, " OF ");
    append_number(line, CARDS);
    append(line, ": ");
    append(line, card_name(card));
    caption(picture, 8 * cell + cell / 2, cell / 2, scale, line);
    caption(picture, 9 * cell, cell / 2, scale, "KEY: NEXT CARD   R: RESOLUTION");
}
