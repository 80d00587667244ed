/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/window/export-contents.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/figure-data.h"

const FoveaExportFormat fovea_export_formats[FOVEA_EXPORT_N_FORMATS] = {
    {"PDF", "pdf", "pdf", 300},
    {"SVG", "svg", "svg", 300},
    {"PNG, 300 dpi", "png", "png-300", 300},
    {"PNG, 600 dpi", "png", "png-600", 600},
    {N_ ("CSV, the numbers"), "csv", "csv", 300},
    {N_ ("npz, the numbers"), "npz", "npz", 300},
    {N_ ("JSON as Neuronpedia reads it"), "json", "json", 300},
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
    {N_ ("Score by dimension"), "qk", FOVEA_FIGURE_QK, FALSE},
    {N_ ("The latent’s page"), "latent", FOVEA_EXPORT_LATENT, FALSE},
};

guint
fovea_export_count_scales (FoveaFigureKind kind)
{
    gboolean two = kind == FOVEA_FIGURE_TOKENS || kind == FOVEA_FIGURE_PICTURE;
    return kind == FOVEA_FIGURE_MAP ? FOVEA_COLOR_SCORE + 1 : two ? FOVEA_COLOR_LINEAR + 1 : 0;
}

/* Curves are no arrays, weights of all layers no table, and of a mask there are no numbers. */
static gboolean
has_numbers (FoveaFigureKind kind, guint format)
{
    g_autoptr (FoveaFigureRequest) request = fovea_figure_request_new (kind);
    g_autofree char *path = g_strconcat ("x.", fovea_export_formats[format].suffix, NULL);
    return fovea_figure_data_check (request, path, NULL);
}

static gboolean
has_format (FoveaFigureKind kind, guint format, const FoveaLatentExport *latent)
{
    if (kind != FOVEA_EXPORT_LATENT)
        return format < FOVEA_EXPORT_CSV ||
               (format != FOVEA_EXPORT_JSON && has_numbers (kind, format));
    return format < FOVEA_EXPORT_CSV ||
           (format == FOVEA_EXPORT_JSON && latent->source != NULL &&
            fovea_feature_source_get_facts (latent->source)->has_weights);
}

GtkStringList *
fovea_export_list_formats (FoveaFigureKind kind, const FoveaLatentExport *latent, GArray *formats)
{
    GtkStringList *list = gtk_string_list_new (NULL);
    g_array_set_size (formats, 0);
    for (guint i = 0; i < FOVEA_EXPORT_N_FORMATS; i++) {
        if (!has_format (kind, i, latent))
            continue;
        gtk_string_list_append (list, _ (fovea_export_formats[i].name));
        g_array_append_val (formats, i);
    }
    return list;
}

char *
fovea_export_name_file (const FoveaExportContent *content,
                        const FoveaPlace *place,
                        gint32 latent,
                        const char *suffix)
{
    const char *name = content->file;
    if (content->kind == FOVEA_EXPORT_LATENT)
        return g_strdup_printf ("%s-%d.%s", name, latent, suffix);
    if (content->kind == FOVEA_FIGURE_HEADS ||
        (fovea_figure_kind_is_sparse (content->kind) && content->kind != FOVEA_FIGURE_MASK))
        return g_strdup_printf ("%s.%s", name, suffix);
    if (content->every_head)
        return g_strdup_printf ("%s-layer-%u.%s", name, place->layer, suffix);
    if (content->kind == FOVEA_FIGURE_QK)
        return g_strdup_printf ("%s-%u.%u-%" PRId64 "-%" PRId64 ".%s", name, place->layer,
                                place->head, place->query, place->key, suffix);
    return g_strdup_printf ("%s-%u.%u.%s", name, place->layer, place->head, suffix);
}

void
fovea_export_label_preview (GtkWidget *preview, const FoveaExportContent *content)
{
    g_autofree char *label = g_strdup_printf (_ ("Preview of the figure: %s"), _ (content->name));
    gtk_accessible_update_property (GTK_ACCESSIBLE (preview), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}
