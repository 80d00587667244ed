/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Dark words and grounds are those of the window (ui.md 3); greys are as far from their ground in
 * either set, and every word is at 4.5:1 or more. */
#include "ui/figures/inks.h"

#include <string.h>

/* Words at the very edge of a ground look cut. Whole dots of 300 to the inch, so that cells of a map stay on
 * theirs. */
#define MARGIN (24 * 72.0 / 300)

static const FoveaInks inks[] = {
    [FOVEA_THEME_LIGHT] = {.theme = FOVEA_THEME_LIGHT,
                           .page = 0,
                           .ground = 0xFFFFFFFF,
                           .ink = 0xFF000000,
                           .quiet = 0xFF555555,
                           .outline = 0xFF9A9A9A,
                           .faint = 0xFFB0B0B0,
                           .kept_word = 0xFF0B6E8F,
                           .missed_word = 0xFFCD451C,
                           .wasted_word = 0xFF6E6889,
                           .ground_name = "white",
                           .ground_title = "White"},
    [FOVEA_THEME_DARK] = {.theme = FOVEA_THEME_DARK,
                          .page = 0xFF1E1E1E,
                          .margin = MARGIN,
                          .ground = 0xFF1E1E1E,
                          .ink = 0xFFF4F4F4,
                          .quiet = 0xFFB4B4B4,
                          .outline = 0xFF646464,
                          .faint = 0xFF545454,
                          .kept_word = 0xFF3DA9CE,
                          .missed_word = 0xFFF1764F,
                          .wasted_word = 0xFFC9C5D8,
                          .ground_name = "black",
                          .ground_title = "Black"},
};

static const char *const names[] = {[FOVEA_THEME_LIGHT] = "light", [FOVEA_THEME_DARK] = "dark"};

const FoveaInks *
fovea_inks_get (FoveaTheme theme)
{
    return &inks[theme == FOVEA_THEME_DARK ? FOVEA_THEME_DARK : FOVEA_THEME_LIGHT];
}

const char *
fovea_theme_get_name (FoveaTheme theme)
{
    return names[fovea_inks_get (theme)->theme];
}

gboolean
fovea_theme_from_name (const char *name, FoveaTheme *theme)
{
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        if (strcmp (names[i], name) != 0)
            continue;
        *theme = (FoveaTheme) i;
        return TRUE;
    }
    return FALSE;
}
