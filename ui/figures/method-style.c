/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Classes are given out twice over: first to methods that have a class of their own, in order, then
 * the rest from the lowest free class on. The last class is the bound's and is never free. */
#include "ui/figures/method-style.h"

#include <string.h>

enum {
    BOUND = FOVEA_N_METHOD_CLASSES - 1,
};

static const double dashes[FOVEA_N_METHOD_CLASSES][7] = {
    {0}, {7, 3, 0}, {7, 3, 2, 3, 0}, {2, 3, 0}, {10, 3, 0}, {4, 2, 0}, {2, 2, 6, 2, 0}, {0},
};

static const FoveaMark marks[FOVEA_N_METHOD_CLASSES] = {
    FOVEA_MARK_SQUARE, FOVEA_MARK_TRIANGLE_UP, FOVEA_MARK_BAR,           FOVEA_MARK_DIAMOND,
    FOVEA_MARK_SQUARE, FOVEA_MARK_CROSS,       FOVEA_MARK_TRIANGLE_DOWN, FOVEA_MARK_DISC,
};

/* Class of the methods that the style guide names, or that stand for one of its words. */
static const struct {
    const char *id;
    guint index;
} wanted[] = {
    {"streaming", 0},         {"oracle-block", 1},      {"oracle-mass", 2},
    {"vertical-slash", 3},    {"xattention", 4},        {"window", 5},
    {"flexprefill", 6},       {"oracle-weight", BOUND}, {"oracle-token", BOUND},
    {"oracle-block-mass", 1},
};

static FoveaMethodStyle
make_style (FoveaTheme theme, guint index)
{
    return (FoveaMethodStyle){fovea_color_map_class (theme, index), marks[index], dashes[index]};
}

FoveaMethodStyle
fovea_method_style_get_bound (FoveaTheme theme)
{
    return make_style (theme, BOUND);
}

static int
find_wanted (const char *id)
{
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
        if (strcmp (wanted[i].id, id) == 0)
            return (int) wanted[i].index;
    return -1;
}

void
fovea_method_styles_assign (const char *const *ids,
                            guint n,
                            FoveaTheme theme,
                            FoveaMethodStyle *styles)
{
    gboolean taken[FOVEA_N_METHOD_CLASSES] = {FALSE};
    g_autofree int *classes = g_new (int, n + 1);
    guint next = 0;
    for (guint i = 0; i < n; i++) {
        classes[i] = find_wanted (ids[i]);
        if (classes[i] >= 0 && taken[classes[i]])
            classes[i] = -1;
        if (classes[i] >= 0)
            taken[classes[i]] = TRUE;
    }
    for (guint i = 0; i < n; i++) {
        for (guint tries = 0; classes[i] < 0 && tries < BOUND; tries++, next++)
            if (!taken[next % BOUND])
                classes[i] = (int) (next % BOUND);
        if (classes[i] < 0)
            classes[i] = (int) (i % BOUND);
        taken[classes[i]] = TRUE;
        styles[i] = make_style (theme, (guint) classes[i]);
    }
}
