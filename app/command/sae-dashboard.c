/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae dashboard`: one latent as a figure, or as the JSON of a feature page. */
#include <string.h>

#include "analysis/sae-file.h"
#include "analysis/sae-latent.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/latent-figure.h"
#include "app/sae-job.h"
#include "app/sae-latent-job.h"
#include "app/sae-probe-job.h"
#include "ui/figures/inks.h"

static const FoveaOption options[] = {
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "which one (needed)"),
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "FILE", "*.pdf, *.svg, *.png or *.json (needed)"),
    FOVEA_ROW_VALUE ("model", 0, TEXT, "MODEL", "for the next tokens that the latent pushes"),
    FOVEA_ROW_INTEGER ("examples", "N", 1, 1000, "contexts a side (default 20; 5 in a figure)"),
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "run of the store (default: all)"),
    FOVEA_ROW_FLAG ("all-tokens", "count special tokens too"),
    FOVEA_ROW_CHOICE ("units",
                      "NAME",
                      "stored|raw",
                      "of codes: the folder's (default), or those from before decoder norms were "
                      "folded"),
    FOVEA_ROW_FLAG ("correlated", "in JSON, latents that fire together; reads all kept codes"),
    FOVEA_ROW_VALUE ("positive", 0, TEXT, "GLOB", "titles of texts that it may tell ..."),
    FOVEA_ROW_VALUE ("negative", 0, TEXT, "GLOB", "... from these, beside probes (both or none)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of the CPU (default: its cores)"),
    FOVEA_ROW_NUMBER ("width", "MM", 20, 2000, "of a figure (default 183)"),
    FOVEA_ROW_NUMBER ("dpi", "N", 10, 2400, "of a PNG (default 300)"),
    FOVEA_ROW_CHOICE ("theme", "NAME", "light|dark", "of a figure (default light)"),
    {NULL},
};

/* Where the latent was found to fire. */
typedef struct {
    gint32 latent;
    gint64 n_rows;
    GArray *firings;
} Found;

static gboolean
add_portion (gpointer data, const FoveaSaePortion *portion, GError **error)
{
    Found *found = data;
    found->n_rows += portion->n;
    for (gint64 i = 0; i < portion->n; i++) {
        const FoveaFiring firing = {portion->sequence->id, (gint32) portion->positions[i],
                                    fovea_sae_codes_get (portion->codes, i, found->latent)};
        if (firing.value != 0)
            g_array_append_val (found->firings, firing);
    }
    return TRUE;
}

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    fovea_meter_update (data, done, NULL);
}

static gboolean
write_latent (FoveaContext *context,
              const FoveaSae *sae,
              const FoveaSaeLatent *latent,
              GError **error)
{
    const FoveaArguments *a = context->arguments;
    const char *path = fovea_arguments_text (a, "output", "");
    if (g_str_has_suffix (path, ".json")) {
        g_autofree char *json = fovea_sae_latent_print_json (latent, sae);
        return fovea_command_write (context, json, -1, error);
    }
    FoveaLatentPage page = {
        .architecture = fovea_sae_architecture_name (sae->architecture),
        .site = fovea_sae_get_metadata (sae, "hook_name"),
        .n_latents = sae->d_sae,
        .has_signs = fovea_sae_has_signs (sae->architecture),
        .n_examples = (guint) fovea_arguments_integer (a, "examples", 0),
        .width_mm = fovea_arguments_number (a, "width", 0),
        .dpi = fovea_arguments_number (a, "dpi", 0),
    };
    fovea_theme_from_name (fovea_arguments_text (a, "theme", "light"), &page.theme);
    return fovea_latent_figure_save (latent, &page, path, error);
}

/* Everything but the rows. */
static gboolean
describe (FoveaContext *context, const FoveaSae *sae, FoveaSaeLatent *latent, GError **error)
{
    const char *name = fovea_arguments_text (context->arguments, "model", NULL);
    if (g_str_equal (fovea_arguments_text (context->arguments, "units", "stored"), "raw"))
        fovea_sae_latent_use_raw_units (latent, sae);
    fovea_sae_latent_set_neighbours (latent, sae, FOVEA_LATENT_NEIGHBOURS);
    if (name == NULL)
        return TRUE;
    g_autoptr (FoveaModel) model = fovea_model_open (name, error);
    return model != NULL &&
           fovea_sae_latent_set_effects (latent, sae, model, FOVEA_LATENT_EFFECTS, error);
}

static FoveaSaeRequest
make_request (const FoveaArguments *a, const FoveaSae *sae, FoveaStore *store)
{
    return (FoveaSaeRequest){
        .sae = sae,
        .store = store,
        .run = fovea_arguments_integer (a, "run", 0),
        .all_tokens = fovea_arguments_has (a, "all-tokens"),
        .threads = (int) fovea_arguments_integer (a, "threads", 0),
    };
}

/* Whether the latent tells the two kinds of text apart, where they were named. */
static gboolean
detect (FoveaContext *context,
        const FoveaSae *sae,
        FoveaStore *store,
        FoveaSaeLatent *latent,
        GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaSaeRequest request = make_request (a, sae, store);
    const FoveaSaeProbeOptions kinds = {.positive = fovea_arguments_text (a, "positive", NULL),
                                        .negative = fovea_arguments_text (a, "negative", NULL),
                                        .latent = latent->latent};
    if (kinds.positive == NULL)
        return TRUE;
    g_autoptr (FoveaTable) table =
        fovea_sae_probe_job_run (&request, &kinds, NULL, NULL, context->cancellable, error);
    if (table != NULL)
        fovea_sae_latent_set_detection (latent, table);
    return table != NULL;
}

static gboolean
encode (FoveaContext *context,
        const FoveaSae *sae,
        FoveaStore *store,
        FoveaSaeLatent *latent,
        GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaSaeRequest request = make_request (a, sae, store);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, request.run, error);
    if (sequences == NULL)
        return FALSE;
    g_autoptr (FoveaMeter) meter = fovea_meter_new ("sae dashboard", "sequences", sequences->len,
                                                    fovea_arguments_has (a, "quiet"));
    g_autoptr (GArray) firings = g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
    Found found = {latent->latent, 0, firings};
    return fovea_sae_job_visit (&request, add_portion, &found, on_progress, meter,
                                context->cancellable, error) &&
           fovea_sae_latent_job_show (store, latent, firings, found.n_rows, error);
}

/* From the index of codes where `sae encode` has made one and it is of what was asked for; else the
 * rows are encoded again. */
static gboolean
collect (FoveaContext *context, FoveaSae *sae, FoveaSaeLatent *latent, GError **error)
{
    const FoveaArguments *a = context->arguments;
    gboolean found = FALSE;
    g_autofree char *hash = fovea_sae_hash (sae);
    g_autoptr (FoveaStore) store =
        fovea_store_open (fovea_arguments_positional (a, 1), FOVEA_STORE_READ, error);
    if (store == NULL)
        return FALSE;
    if (!fovea_arguments_has (a, "run") && !fovea_arguments_has (a, "all-tokens") &&
        !fovea_sae_latent_job_collect (store, hash, latent, &found, error))
        return FALSE;
    return (found || encode (context, sae, store, latent, error)) &&
           detect (context, sae, store, latent, error) &&
           fovea_sae_latent_job_attribute (store, sae, latent, error) &&
           (!fovea_arguments_has (a, "correlated") ||
            fovea_sae_latent_job_correlate (store, hash, latent, FOVEA_LATENT_NEIGHBOURS,
                                            context->cancellable, error));
}

/* What must be said, and what goes together. */
static gboolean
check (const FoveaArguments *a, GError **error)
{
    if (!fovea_arguments_has (a, "latent") || !fovea_arguments_has (a, "output")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae dashboard needs --latent J and -o FILE");
        return FALSE;
    }
    static const char *const endings[][2] = {{"correlated", ".json"}, {"dpi", ".png"}};
    const char *path = fovea_arguments_text (a, "output", "");
    for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
        if (!fovea_arguments_has (a, endings[i][0]) || g_str_has_suffix (path, endings[i][1]))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s goes with -o *%s", endings[i][0],
                     endings[i][1]);
        return FALSE;
    }
    static const char *const of_figures[] = {"width", "theme"};
    for (guint i = 0; i < G_N_ELEMENTS (of_figures) && g_str_has_suffix (path, ".json"); i++) {
        if (!fovea_arguments_has (a, of_figures[i]))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect on JSON",
                     of_figures[i]);
        return FALSE;
    }
    if (fovea_arguments_has (a, "positive") == fovea_arguments_has (a, "negative"))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "--positive GLOB and --negative GLOB go together");
    return FALSE;
}

static gboolean
run_dashboard (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    if (!check (a, error))
        return FALSE;
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    gint64 j = fovea_arguments_integer (a, "latent", 0);
    if (sae == NULL || !fovea_sae_check_latent (sae, j, error))
        return FALSE;
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (
        (gint32) j, (guint) fovea_arguments_integer (a, "examples", FOVEA_LATENT_EXAMPLES),
        FOVEA_LATENT_WINDOW);
    return describe (context, sae, latent, error) && collect (context, sae, latent, error) &&
           write_latent (context, sae, latent, error);
}

const FoveaCommand fovea_command_sae_dashboard = {
    .name = "sae dashboard",
    .usage = "FOLDER STORE --latent J -o FILE",
    .summary = "Show one latent: how it fires, what it pushes, where",
    .details =
        "A figure has the two-sided histogram of codes, next tokens by their logit effects\n"
        "(with --model), the strongest contexts of either sign, and how well the latent tells\n"
        "two kinds of text apart, beside the difference in means and a probe (--positive,\n"
        "--negative; as sae probe). JSON has the same by the names of Neuronpedia's files, and\n"
        "the latents that point the same or the other way.",
    .example = "fovea sae dashboard my-sae a.fovea --latent 17 --model demo -o latent.pdf",
    .options = options,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run_dashboard,
};
