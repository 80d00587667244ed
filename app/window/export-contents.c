/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/window/export-contents.h"

#include <glib/gi18n.h>

const FoveaExportFormat fovea_export_formats[FOVEA_EXPORT_N_FORMATS] = {
    {"PDF", "pdf", "pdf", 300},
    {"SVG", "svg", "svg", 300},
    {"PNG, 300 dpi", "png", "png-300", 300},
    {"PNG, 600 dpi", "png", "png-600", 600},
    {N_ ("CSV, the numbers"), "csv", "csv", 300},
    {N_ ("npz, the numbers"), "npz", "npz", 300},
};

const FoveaExportContent fovea_export_contents[FOVEA_EXPORT_N_CONTENTS] = {
    {N_ ("This map"), "map", FOVEA_FIGURE_MAP, FALSE},
    {N_ ("All heads"), "heads", FOVEA_FIGURE_HEADS, FALSE},
    {N_ ("Tokens"), "tokens", FOVEA_FIGURE_TOKENS, FALSE},
    {N_ ("Maps of the layer, pages"), "maps", FOVEA_FIGURE_MAP, TRUE},
    {N_ ("Tokens by head, pages"), "tokens", FOVEA_FIGURE_TOKENS, TRUE},
    {N_ ("Curves of sparse methods"), "recall", FOVEA_FIGURE_RECALL, FALSE},
    {N_ ("Mask of the selected point"), "mask", FOVEA_FIGURE_MASK, FALSE},
    {N_ ("Density that heads need"), "sparsity", FOVEA_FIGURE_SPARSITY, FALSE},
    {N_ ("Best method of each head"), "budget", FOVEA_FIGURE_BUDGET, FALSE},
    {N_ ("Heads over the picture"), "picture", FOVEA_FIGURE_PICTURE, FALSE},
    {N_ ("Lines between tokens"), "arcs", FOVEA_FIGURE_ARCS, FALSE},
};

guint
fovea_export_count_scales (FoveaFigureKind kind)
{
    gboolean two = kind == FOVEA_FIGURE_TOKENS || kind == FOVEA_FIGURE_PICTURE;
    return kind == FOVEA_FIGURE_MAP ? FOVEA_COLOR_SCORE + 1 : two ? FOVEA_COLOR_LINEAR + 1 : 0;
}
