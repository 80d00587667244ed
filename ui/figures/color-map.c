/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Colours of data. The stops are those of the style guide; between them colours run straight in
 * OKLab, so that equal steps of the value look like equal steps. Four tables of 256 entries are
 * made once, on first use (about 0.3 ms), and never change: a value looks the same everywhere.
 * Source: Ottosson 2020, "A perceptual color space for image processing" (OKLab). */
#include "ui/figures/color-map.h"

#include <math.h>

#define N_STOPS     9
#define N_COLORS    256
#define N_CLASSES   8
#define SHARE_FLOOR 0.005

#define WORD_CONTRAST 4.5
#define WORD_STEPS    64 /* on the way to black or white */

typedef struct {
    double l, a, b;
} Lab;

typedef struct {
    guint32 sequential[2][N_COLORS];
    guint32 diverging[2][N_COLORS];
} Tables;

static const guint32 sequential_stops[2][N_STOPS] = {
    {0xF2EFC5, 0xBCDAA8, 0x7FC39F, 0x48A89F, 0x108A9C, 0x056993, 0x1C4783, 0x242765, 0x1B0C3F},
    {0x2A234A, 0x333A75, 0x2B5897, 0x137AA7, 0x0E9BAD, 0x44B9AC, 0x7DD3A4, 0xC2E5A7, 0xFAF6C8},
};
static const guint32 diverging_stops[2][N_STOPS] = {
    {0x034393, 0x446FAF, 0x7B9BC9, 0xB5C7E1, 0xF3F3F3, 0xDBBFAF, 0xBE8C71, 0x9F5B33, 0x7D2800},
    {0x87C5FF, 0x6D9ADE, 0x53719D, 0x3C4B60, 0x262626, 0x5B4437, 0x926449, 0xCD855D, 0xFFA971},
};
static const guint32 classes[2][N_CLASSES] = {
    {0x0944A7, 0xCA5000, 0x1A847E, 0x630357, 0x8C55E6, 0x453E08, 0x754452, 0x1F1F1F},
    {0x4FCBFE, 0xB67858, 0x83FE8B, 0xE34FB3, 0x9388FF, 0xBDAC15, 0xFD93AB, 0xE5EDFB},
};
static const guint32 no_role[2] = {0x5E6670, 0xB5BCC6};
static const char *const role_names[] = {
    "previous token", "induction", "local", "duplicate token", "sink", "retrieval", "streaming",
};

/* Component 0 .. 255 of sRGB to linear light 0 .. 1. */
static double
to_linear (guint32 component)
{
    double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static guint32
from_linear (double c)
{
    c = c <= 0.0031308 ? 12.92 * c : 1.055 * pow (c, 1 / 2.4) - 0.055;
    return (guint32) (CLAMP (c, 0, 1) * 255 + 0.5);
}

static Lab
to_lab (guint32 color)
{
    double r = to_linear (color >> 16 & 255), g = to_linear (color >> 8 & 255);
    double b = to_linear (color & 255);
    double l = cbrt (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    Lab lab = {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
               1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
               0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
    return lab;
}

static guint32
from_lab (Lab lab)
{
    double l = pow (lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
    double m = pow (lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
    double s = pow (lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
    double r = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    double g = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    double b = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
    return 0xFF000000 | from_linear (r) << 16 | from_linear (g) << 8 | from_linear (b);
}

/* Straight lines in OKLab through the stops; the ends are the first and last stop exactly. */
static void
fill_table (const guint32 *stops, guint32 *table)
{
    for (int i = 0; i < N_COLORS; i++) {
        double at = i * (N_STOPS - 1) / (double) (N_COLORS - 1);
        int from = MIN ((int) at, N_STOPS - 2);
        double t = at - from;
        Lab x = to_lab (stops[from]), y = to_lab (stops[from + 1]);
        Lab mix = {x.l + t * (y.l - x.l), x.a + t * (y.a - x.a), x.b + t * (y.b - x.b)};
        table[i] = from_lab (mix);
    }
}

static gpointer
make_tables (gpointer unused)
{
    Tables *tables = g_new (Tables, 1);
    for (int theme = 0; theme < 2; theme++) {
        fill_table (sequential_stops[theme], tables->sequential[theme]);
        fill_table (diverging_stops[theme], tables->diverging[theme]);
    }
    return tables;
}

static const Tables *
get_tables (void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once (&once, make_tables, NULL);
}

const guint32 *
fovea_color_map_sequential (FoveaTheme theme)
{
    return get_tables ()->sequential[theme == FOVEA_THEME_DARK];
}

const guint32 *
fovea_color_map_diverging (FoveaTheme theme)
{
    return get_tables ()->diverging[theme == FOVEA_THEME_DARK];
}

guint32
fovea_color_map_zero (FoveaTheme theme)
{
    return theme == FOVEA_THEME_DARK ? 0xFF1E1E1E : 0xFFFFFFFF;
}

guint32
fovea_color_map_future (FoveaTheme theme)
{
    return theme == FOVEA_THEME_DARK ? 0xFF2E2E2E : 0xFFEDEDED;
}

double
fovea_color_map_floor (gint64 n_tokens)
{
    double bound = 6.0 * (double) MAX (n_tokens, 1);
    int exponent = 0;
    double power = 1;
    /* Counting up in integers keeps 1/(6 T) = 10^-n on the right side of the bound. */
    while (power < bound) {
        power *= 10;
        exponent++;
    }
    return pow (10, -exponent);
}

/* NaN counts as nothing: callers refuse it before they draw. */
guint32
fovea_color_map_log (FoveaTheme theme, double weight, double floor)
{
    if (!(weight >= floor) || !(floor > 0) || floor >= 1)
        return fovea_color_map_zero (theme);
    double position = log10 (weight / floor) / -log10 (floor);
    return fovea_color_map_sequential (
        theme)[(int) (CLAMP (position, 0, 1) * (N_COLORS - 1) + 0.5)];
}

guint32
fovea_color_map_linear (FoveaTheme theme, double share)
{
    if (!(share >= SHARE_FLOOR))
        return fovea_color_map_zero (theme);
    return fovea_color_map_sequential (theme)[(int) (MIN (share, 1) * (N_COLORS - 1) + 0.5)];
}

guint32
fovea_color_map_signed (FoveaTheme theme, double value, double limit)
{
    double position = limit > 0 && !isnan (value) ? CLAMP (value / limit, -1, 1) : 0;
    return fovea_color_map_diverging (theme)[(int) ((position + 1) / 2 * (N_COLORS - 1) + 0.5)];
}

guint32
fovea_color_map_role (FoveaTheme theme, const char *role, FoveaMark *mark)
{
    gboolean dark = theme == FOVEA_THEME_DARK;
    for (guint i = 0; role != NULL && i < G_N_ELEMENTS (role_names); i++) {
        if (g_strcmp0 (role, role_names[i]) == 0) {
            if (mark != NULL)
                *mark = (FoveaMark) (FOVEA_MARK_DISC + i);
            return 0xFF000000 | classes[dark][i];
        }
    }
    if (mark != NULL)
        *mark = FOVEA_MARK_RING;
    return 0xFF000000 | no_role[dark];
}

guint32
fovea_color_map_class (FoveaTheme theme, guint index)
{
    return 0xFF000000 | classes[theme == FOVEA_THEME_DARK][index % N_CLASSES];
}

/* Relative luminance, WCAG 2. */
static double
get_luminance (guint32 color)
{
    return 0.2126 * to_linear (color >> 16 & 255) + 0.7152 * to_linear (color >> 8 & 255) +
           0.0722 * to_linear (color & 255);
}

/* Against the point where black and white contrast equally. */
guint32
fovea_color_map_text_on (guint32 color)
{
    double luminance = get_luminance (color);
    return (luminance + 0.05) * (luminance + 0.05) > 0.05 * 1.05 ? 0xFF000000 : 0xFFFFFFFF;
}

static double
get_contrast (guint32 a, guint32 b)
{
    double x = get_luminance (a), y = get_luminance (b);
    return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

guint32
fovea_color_map_mix (guint32 from, guint32 to, double share)
{
    guint32 color = 0xFF000000;
    for (int shift = 0; shift < 24; shift += 8) {
        double a = from >> shift & 255, b = to >> shift & 255;
        color |= (guint32) (a + share * (b - a) + 0.5) << shift;
    }
    return color;
}

guint32
fovea_color_map_word_on (guint32 color, guint32 ground)
{
    guint32 end = fovea_color_map_text_on (ground), word = color;
    for (int step = 1; step <= WORD_STEPS; step++) {
        if (get_contrast (word, ground) >= WORD_CONTRAST)
            return word;
        word = fovea_color_map_mix (color, end, step / (double) WORD_STEPS);
    }
    return end;
}

double
fovea_color_map_difference_limit (gint64 n_tokens)
{
    static const double steps[] = {1, 5, 2}; /* of a tenth, downwards */
    double most = 16.0 / (double) MAX (n_tokens, 1), limit = 0.1;
    for (guint i = 1; limit > most * (1 + 1e-9); i++)
        limit = pow (10, -1 - (double) ((i + 2) / 3)) * steps[i % 3];
    return limit;
}
