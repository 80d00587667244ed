/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GSettings ends the program when a schema or a key of it is missing, so they are looked up first: a window
 * that forgets is better than one that does not start. */
#include "app/window/preferences.h"

#include "app/heads-prediction.h"
#include "app/window/latent-export.h"

#include "ui/figures/inks.h"

#include "fovea-config.h"

#define SCHEMA     "org.fovea.Fovea"
#define MAX_MODELS 8

/* One that another version installed may lack some. */
static GSettingsSchema *
keep_if_complete (GSettingsSchema *schema)
{
    static const char *const keys[] = {
        FOVEA_KEY_LOOK,  FOVEA_KEY_REOPEN,   FOVEA_KEY_ORDER, FOVEA_KEY_PATIENCE, "export-choices",
        "recent-models", "window-maximized", "window-size",   "last-store",       "listed-stores"};
    for (guint i = 0; schema != NULL && i < G_N_ELEMENTS (keys); i++)
        if (!g_settings_schema_has_key (schema, keys[i]))
            g_clear_pointer (&schema, g_settings_schema_unref);
    return schema;
}

/* The build tree's own folder, so that a window that is not installed keeps things too. */
static GSettingsSchema *
find_schema (void)
{
    g_autofree char *built = g_build_filename (FOVEA_BUILD_DIR, "data", NULL);
    GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
    GSettingsSchema *schema = keep_if_complete (
        installed != NULL ? g_settings_schema_source_lookup (installed, SCHEMA, TRUE) : NULL);
    if (schema != NULL)
        return schema;
    GSettingsSchemaSource *source =
        g_settings_schema_source_new_from_directory (built, installed, TRUE, NULL);
    if (source == NULL)
        return NULL;
    schema = keep_if_complete (g_settings_schema_source_lookup (source, SCHEMA, FALSE));
    g_settings_schema_source_unref (source);
    return schema;
}

GSettings *
fovea_preferences_get (void)
{
    static GSettings *settings;
    static gboolean looked;
    if (looked)
        return settings;
    looked = TRUE;
    GSettingsSchema *schema = find_schema ();
    if (schema == NULL)
        return NULL;
    settings = g_settings_new_full (schema, NULL, NULL);
    g_settings_schema_unref (schema);
    return settings;
}

double
fovea_preferences_get_patience (void)
{
    GSettings *settings = fovea_preferences_get ();
    return settings != NULL ? g_settings_get_double (settings, FOVEA_KEY_PATIENCE)
                            : FOVEA_LONG_JOB_S;
}

const char *
fovea_look_get_id (FoveaLook look)
{
    static const char *const ids[FOVEA_N_LOOKS] = {"desktop", "light", "dark"};
    return ids[look];
}

FoveaLook
fovea_preferences_get_look (void)
{
    GSettings *settings = fovea_preferences_get ();
    g_autofree char *id =
        settings != NULL ? g_settings_get_string (settings, FOVEA_KEY_LOOK) : NULL;
    for (guint look = 0; look < FOVEA_N_LOOKS; look++)
        if (g_strcmp0 (id, fovea_look_get_id ((FoveaLook) look)) == 0)
            return (FoveaLook) look;
    return FOVEA_LOOK_DESKTOP;
}

gboolean
fovea_preferences_reopens (void)
{
    GSettings *settings = fovea_preferences_get ();
    return settings != NULL && g_settings_get_boolean (settings, FOVEA_KEY_REOPEN);
}

/* The names are stored, hence they never change. */
static const char *
kind_name (FoveaFigureKind kind)
{
    return kind == FOVEA_EXPORT_LATENT ? "latent" : fovea_figure_kind_get_name (kind);
}

static FoveaExportChoices *
new_defaults (FoveaFigureKind kind)
{
    FoveaExportChoices *choices = g_new0 (FoveaExportChoices, 1);
    /* As fovea figure has them: the densities are a grid of scores, the mask is of one method. */
    gboolean sparse = fovea_figure_kind_is_sparse (kind);
    gboolean narrow = kind == FOVEA_FIGURE_SPARSITY || kind == FOVEA_FIGURE_MASK;
    choices->width_mm = kind == FOVEA_FIGURE_HEADS || (sparse && !narrow) ? 183 : 89;
    choices->letters = fovea_figure_kind_has_letters (kind);
    choices->caption = TRUE;
    choices->text_pt = 7;
    choices->format = g_strdup ("pdf");
    return choices;
}

FoveaExportChoices *
fovea_export_choices_load (FoveaFigureKind kind)
{
    FoveaExportChoices *choices = new_defaults (kind);
    GSettings *settings = fovea_preferences_get ();
    if (settings == NULL)
        return choices;
    g_autoptr (GVariant) all = g_settings_get_value (settings, "export-choices");
    const char *format, *theme;
    double width, height, text;
    gboolean letters, caption;
    if (!g_variant_lookup (all, kind_name (kind), "(dd&sdbb&s)", &width, &height, &format, &text,
                           &letters, &caption, &theme))
        return choices;
    g_free (choices->format);
    *choices = (FoveaExportChoices){width,   height,           text, g_strdup (format), letters,
                                    caption, FOVEA_THEME_LIGHT};
    fovea_theme_from_name (theme, &choices->theme);
    return choices;
}

/* The other kinds keep theirs. */
void
fovea_export_choices_keep (FoveaFigureKind kind, const FoveaExportChoices *choices)
{
    GSettings *settings = fovea_preferences_get ();
    if (settings == NULL)
        return;
    g_autoptr (GVariant) all = g_settings_get_value (settings, "export-choices");
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{s(ddsdbbs)}"));
    GVariantIter iter;
    const char *name;
    GVariant *value;
    g_variant_iter_init (&iter, all);
    while (g_variant_iter_loop (&iter, "{&s@(ddsdbbs)}", &name, &value))
        if (!g_str_equal (name, kind_name (kind)))
            g_variant_builder_add (&builder, "{s@(ddsdbbs)}", name, value);
    g_variant_builder_add (&builder, "{s(ddsdbbs)}", kind_name (kind), choices->width_mm,
                           choices->height_mm, choices->format, choices->text_pt, choices->letters,
                           choices->caption, fovea_theme_get_name (choices->theme));
    g_settings_set_value (settings, "export-choices", g_variant_builder_end (&builder));
}

void
fovea_export_choices_free (FoveaExportChoices *choices)
{
    if (choices == NULL)
        return;
    g_free (choices->format);
    g_free (choices);
}

char **
fovea_preferences_list_models (void)
{
    GSettings *settings = fovea_preferences_get ();
    g_auto (GStrv) kept = settings != NULL ? g_settings_get_strv (settings, "recent-models") : NULL;
    g_autoptr (GStrvBuilder) models = g_strv_builder_new ();
    gboolean demo = FALSE;
    for (guint i = 0; kept != NULL && kept[i] != NULL; i++) {
        demo |= g_str_equal (kept[i], "demo");
        g_strv_builder_add (models, kept[i]);
    }
    if (!demo)
        g_strv_builder_add (models, "demo");
    return g_strv_builder_end (models);
}

void
fovea_preferences_add_model (const char *model)
{
    GSettings *settings = fovea_preferences_get ();
    if (settings == NULL || *model == '\0')
        return;
    g_auto (GStrv) kept = g_settings_get_strv (settings, "recent-models");
    g_autoptr (GStrvBuilder) models = g_strv_builder_new ();
    g_strv_builder_add (models, model);
    for (guint i = 0, n = 1; kept[i] != NULL && n < MAX_MODELS; i++) {
        if (g_str_equal (kept[i], model))
            continue;
        g_strv_builder_add (models, kept[i]);
        n++;
    }
    g_auto (GStrv) all = g_strv_builder_end (models);
    g_settings_set_strv (settings, "recent-models", (const char *const *) all);
}
