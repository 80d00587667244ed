/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/window/latent-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/latent-figure.h"
#include "capture/output-file.h"

#define USUAL_WIDTH 183 /* mm, of the command, too */
#define USUAL_DPI   300

static FoveaLatentPage
make_page (const FoveaLatentExport *which, const FoveaFigureRequest *request)
{
    const FoveaDictionaryFacts *facts = fovea_feature_source_get_facts (which->source);
    return (FoveaLatentPage){
        .architecture = facts->architecture,
        .site = facts->site,
        .n_latents = fovea_latent_list_get_n (fovea_feature_source_get_list (which->source)),
        .has_signs = facts->has_signs,
        .width_mm = request->style.width_mm,
        .dpi = request->dpi,
        .theme = request->style.theme,
    };
}

FoveaFigure *
fovea_latent_export_draw (const FoveaLatentExport *which,
                          const FoveaFigureRequest *request,
                          GCancellable *cancellable,
                          GError **error)
{
    const FoveaLatentPage page = make_page (which, request);
    g_autoptr (FoveaSaeLatent) latent =
        fovea_feature_source_read_latent (which->source, which->latent, cancellable, error);
    return latent != NULL ? fovea_latent_figure_new (latent, &page, error) : NULL;
}

static gboolean
save_json (const FoveaLatentExport *which, FoveaSaeLatent *latent, const char *path, GError **error)
{
    if (!fovea_feature_source_get_facts (which->source)->has_weights) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s",
                     _ ("JSON needs the dictionary's own numbers, whose folder is not known any "
                        "more."));
        return FALSE;
    }
    g_autofree char *json = fovea_feature_source_print_json (which->source, latent, error);
    return json != NULL && fovea_output_file_save (path, json, strlen (json), error);
}

gboolean
fovea_latent_export_save (const FoveaLatentExport *which,
                          const FoveaFigureRequest *request,
                          const char *path,
                          GCancellable *cancellable,
                          GError **error)
{
    const FoveaLatentPage page = make_page (which, request);
    g_autoptr (FoveaSaeLatent) latent =
        fovea_feature_source_read_latent (which->source, which->latent, cancellable, error);
    if (latent == NULL)
        return FALSE;
    return g_str_has_suffix (path, ".json") ? save_json (which, latent, path, error)
                                            : fovea_latent_figure_save (latent, &page, path, error);
}

char *
fovea_latent_export_print_provenance (const FoveaLatentExport *which,
                                      const FoveaFigureRequest *request)
{
    const FoveaLatentPage page = make_page (which, request);
    return fovea_latent_figure_print_provenance (which->latent, &page);
}

/* As short as it can be: what the command would do anyway is not said. */
char *
fovea_latent_export_to_command (const FoveaLatentExport *which,
                                const FoveaFigureRequest *request,
                                const char *path)
{
    g_autofree char *command =
        fovea_feature_source_print_command (which->source, which->latent, path);
    GString *text = g_string_new (command);
    if (g_str_has_suffix (path, ".json"))
        return g_string_free (text, FALSE);
    if (request->style.width_mm > 0 && request->style.width_mm != USUAL_WIDTH)
        g_string_append_printf (text, " --width %g", request->style.width_mm);
    if (request->style.theme == FOVEA_THEME_DARK)
        g_string_append (text, " --theme dark");
    if (g_str_has_suffix (path, ".png") && request->dpi > 0 && request->dpi != USUAL_DPI)
        g_string_append_printf (text, " --dpi %g", request->dpi);
    return g_string_free (text, FALSE);
}
