/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae attribution`: where a latent's code at one token comes from - heads, source tokens, or
 * latents and layers all the way back. */
#include <math.h>
#include <string.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-codes.h"
#include "analysis/sae-file.h"
#include "analysis/sae-path.h"
#include "analysis/sae-reading.h"
#include "app/command/prompts.h"
#include "capture/plan.h"
#include "capture/session.h"
#include "capture/sink.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("sae", 0, TEXTS, "FOLDER", "the autoencoder (needed); more of them for paths"),
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "of the first one (needed)"),
    FOVEA_ROW_INTEGER (
        "position", "T", 0, G_MAXINT32, "token (default: where the latent fires most)"),
    FOVEA_ROW_CHOICE ("by",
                      "NAME",
                      "sources|heads|cells|paths",
                      "what the code is taken apart by (default sources; of a stream paths)"),
    FOVEA_ROW_INTEGER (
        "most", "N", 1, 1 << 20, "rows, or children of a path's node (default 20; 8)"),
    FOVEA_ROW_INTEGER ("depth", "N", 1, 100, "of paths (default 4)"),
    FOVEA_ROW_NUMBER ("share", "X", 1e-9, 1, "of the code, below which a path ends (default 0.01)"),
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", "text from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "token ids instead"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    {NULL},
};

/* One run and what is asked of it. */
typedef struct {
    FoveaContext *context;
    FoveaModel *model;
    GPtrArray *saes; /* of FoveaSae, the one with the latent first */
    FoveaTrace *trace;
    gint32 latent;
    gint64 position;
    const char *by;
} Query;

static gboolean
check_options (const FoveaArguments *a, GError **error)
{
    if (fovea_arguments_has (a, "sae") && fovea_arguments_has (a, "latent"))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "sae attribution needs --sae FOLDER and --latent J");
    return FALSE;
}

static GPtrArray *
load_all (const FoveaArguments *a, GError **error)
{
    g_autoptr (GPtrArray) saes = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_sae_free);
    char **folders = fovea_arguments_texts (a, "sae");
    for (guint i = 0; folders[i] != NULL; i++) {
        FoveaSae *sae = fovea_sae_load (folders[i], error);
        if (sae == NULL)
            return NULL;
        g_ptr_array_add (saes, sae);
    }
    return g_steal_pointer (&saes);
}

/* The first sequence of the input. */
static FoveaTraceInfo *
read_input (FoveaContext *context, FoveaModel *model, GError **error)
{
    g_autoptr (GPtrArray) infos = fovea_command_read_prompts (context, model, error);
    if (infos == NULL)
        return NULL;
    if (infos->len != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "the text is %u sequences of this model's context; give one", infos->len);
        return NULL;
    }
    return fovea_trace_info_copy (g_ptr_array_index (infos, 0));
}

static FoveaTrace *
run_model (FoveaContext *context, FoveaModel *model, GError **error)
{
    g_autoptr (FoveaTraceInfo) info = read_input (context, model, error);
    g_autoptr (FoveaDevice) device =
        info != NULL ? fovea_command_open_device (context, error) : NULL;
    if (device == NULL)
        return NULL;
    const FoveaPlanOptions kept = {.points = fovea_sae_list_path_points (), .keep = FOVEA_F32};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &kept, error);
    const FoveaSessionOptions session = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = info->n_tokens,
        .memory = (guint64) fovea_arguments_integer (context->arguments, "memory", 0),
        .plan = plan,
        .in_memory = TRUE};
    g_autoptr (FoveaSession) own =
        plan != NULL ? fovea_session_new (model, device, &session, error) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    return own != NULL ? fovea_session_capture (own, info, plan, sink, NULL, NULL, NULL,
                                                context->cancellable, error)
                       : NULL;
}

/* Where the latent's code is largest, by magnitude; special tokens are no text. */
static gboolean
find_position (Query *q, GError **error)
{
    const FoveaSae *sae = g_ptr_array_index (q->saes, 0);
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    gint64 T = fovea_trace_get_info (q->trace)->n_tokens;
    g_autofree float *rows = g_new (float, (gsize) (T * sae->d_in));
    g_autoptr (FoveaArray) array =
        fovea_trace_describe_point (q->trace, site != NULL ? site : "", error);
    if (array == NULL || !fovea_sae_check_latent (sae, q->latent, error) ||
        !fovea_sae_check_width (sae, site, fovea_array_row_length (array), error))
        return FALSE;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 0, error);
    if (device == NULL || !fovea_trace_read (q->trace, site, 0, T, rows, error))
        return FALSE;
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, T, rows, error);
    const gboolean *special = fovea_trace_get_info (q->trace)->special;
    float most = 0;
    for (gint64 t = 0; codes != NULL && t < T; t++) {
        if (special != NULL && special[t])
            continue;
        float code = fabsf (fovea_sae_codes_get (codes, t, q->latent));
        q->position = code > most ? t : q->position;
        most = MAX (most, code);
    }
    if (codes != NULL && most == 0)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "latent %d fires at no token of this text", q->latent);
    return codes != NULL && most > 0;
}

/* A row of any of the tables. */
typedef struct {
    gint64 head, source;
    double value;
} Part;

static int
compare_parts (gconstpointer a, gconstpointer b)
{
    const Part *x = a, *y = b;
    double p = fabs (x->value), q = fabs (y->value);
    if (p != q)
        return p > q ? -1 : 1;
    return x->head != y->head ? (x->head < y->head ? -1 : 1) : x->source < y->source ? -1 : 1;
}

/* What is asked for, largest first. */
static GArray *
list_parts (const Query *q, const FoveaDirectAttribution *a)
{
    GArray *parts = g_array_new (FALSE, FALSE, sizeof (Part));
    gboolean heads = strcmp (q->by, "heads") == 0, cells = strcmp (q->by, "cells") == 0;
    for (gint64 h = 0; h < (heads || cells ? a->n_heads : 1); h++)
        for (gint64 s = 0; s < (heads ? 1 : a->n_sources); s++) {
            const Part part = {heads || cells ? h : -1, heads ? -1 : s,
                               heads   ? a->by_head[h]
                               : cells ? a->cells[h * a->n_sources + s]
                                       : a->by_source[s]};
            g_array_append_val (parts, part);
        }
    g_array_sort (parts, compare_parts);
    return parts;
}

static void
add_notes (FoveaTable *table, const Query *q, const FoveaDirectAttribution *a)
{
    const struct {
        const char *name;
        double value;
    } notes[] = {{"attributed", a->total}, {"biases", a->rest}, {"code", a->total + a->rest}};
    for (guint i = 0; i < G_N_ELEMENTS (notes); i++) {
        g_autofree char *text = g_strdup_printf ("%.6g", notes[i].value);
        fovea_table_set_note (table, notes[i].name, text);
    }
    g_autofree char *position = g_strdup_printf ("%" G_GINT64_FORMAT, q->position);
    fovea_table_set_note (table, "position", position);
}

static FoveaTable *
tabulate (const Query *q, const FoveaDirectAttribution *a, const double *shares)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (q->trace);
    g_autoptr (GArray) parts = list_parts (q, a);
    static const FoveaColumn columns[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", ""},
        {"head", FOVEA_COLUMN_INTEGER, "", "-1 = all"},
        {"source", FOVEA_COLUMN_INTEGER, "", "position; -1 = all"},
        {"text", FOVEA_COLUMN_TEXT, "", "of the source"},
        {"value", FOVEA_COLUMN_NUMBER, "code", "what it brings"},
        {"share", FOVEA_COLUMN_NUMBER, "", "of all sources and heads"},
        {"weight_share", FOVEA_COLUMN_NUMBER, "", "head's share of the decoder row"},
    };
    FoveaTable *table = fovea_table_new_with ("sae_attribution", columns, G_N_ELEMENTS (columns));
    guint most = (guint) fovea_arguments_integer (q->context->arguments, "most", 20);
    for (guint i = 0; i < MIN (parts->len, most); i++) {
        const Part *part = &g_array_index (parts, Part, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, a->layer);
        fovea_table_set_integer (table, row, 1, part->head);
        fovea_table_set_integer (table, row, 2, part->source);
        if (part->source >= 0 && info->token_texts != NULL) {
            g_autofree char *text = g_utf8_make_valid (info->token_texts[part->source], -1);
            fovea_table_set_text (table, row, 3, text);
        }
        fovea_table_set_number (table, row, 4, part->value);
        fovea_table_set_number (table, row, 5, part->value / a->total);
        fovea_table_set_number (table, row, 6, part->head >= 0 ? shares[part->head] : (double) NAN);
    }
    add_notes (table, q, a);
    return table;
}

static FoveaTable *
attribute (const Query *q, GError **error)
{
    const FoveaSae *sae = g_ptr_array_index (q->saes, 0);
    g_autoptr (FoveaDirectAttribution) a =
        fovea_sae_attribute (sae, q->latent, q->trace, q->position, error);
    if (a == NULL)
        return NULL;
    g_autofree double *shares = g_new (double, (gsize) a->n_heads);
    return fovea_sae_head_shares (sae, a->n_heads, q->latent, shares, error)
               ? tabulate (q, a, shares)
               : NULL;
}

static FoveaTable *
follow_paths (const Query *q, GError **error)
{
    const FoveaArguments *a = q->context->arguments;
    const FoveaPathOptions limits = {
        .most_children = (guint) fovea_arguments_integer (a, "most", 0),
        .depth = (guint) fovea_arguments_integer (a, "depth", 0),
        .share = fovea_arguments_number (a, "share", 0),
    };
    g_autoptr (FoveaPathNode) root = fovea_sae_trace_back (
        q->model, q->trace, (const FoveaSae *const *) q->saes->pdata, q->saes->len, q->latent,
        q->position, &limits, q->context->cancellable, error);
    return root != NULL ? fovea_path_tabulate (root, fovea_trace_get_info (q->trace)) : NULL;
}

/* Options of one way of taking apart must not be given with another. */
static gboolean
check_way (const Query *q, GError **error)
{
    const FoveaArguments *a = q->context->arguments;
    static const char *const of_paths[] = {"depth", "share"};
    gboolean paths = strcmp (q->by, "paths") == 0;
    for (guint i = 0; i < G_N_ELEMENTS (of_paths) && !paths; i++)
        if (fovea_arguments_has (a, of_paths[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s goes with --by paths",
                         of_paths[i]);
            return FALSE;
        }
    if (paths || q->saes->len == 1)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "more than one --sae goes with --by paths");
    return FALSE;
}

static gboolean
run_attribution (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    guint layer;
    if (!check_options (a, error))
        return FALSE;
    g_autoptr (GPtrArray) saes = load_all (a, error);
    if (saes == NULL)
        return FALSE;
    const char *site = fovea_sae_get_metadata (g_ptr_array_index (saes, 0), "hook_name");
    gboolean z = fovea_sae_parse_site (site, "attn.hook_z", &layer);
    Query q = {.context = context,
               .saes = saes,
               .latent = (gint32) fovea_arguments_integer (a, "latent", 0),
               .position = fovea_arguments_integer (a, "position", 0),
               .by = fovea_arguments_text (a, "by", z ? "sources" : "paths")};
    g_autoptr (FoveaModel) model =
        check_way (&q, error) ? fovea_model_open (fovea_arguments_positional (a, 0), error) : NULL;
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    g_autoptr (FoveaTrace) trace = run_model (context, model, error);
    q.model = model;
    q.trace = trace;
    if (trace == NULL || (!fovea_arguments_has (a, "position") && !find_position (&q, error)))
        return FALSE;
    g_autoptr (FoveaTable) table =
        strcmp (q.by, "paths") == 0 ? follow_paths (&q, error) : attribute (&q, error);
    return table != NULL && fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_sae_attribution = {
    .name = "sae attribution",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST) --sae FOLDER --latent J",
    .summary = "Take a latent's code at a token apart by where it comes from",
    .details =
        "An autoencoder of attn.hook_z: by source token, head, or both, exactly. Paths go on from\n"
        "there to the stream (by the latents of its autoencoder, if one more --sae is of it), to\n"
        "what earlier layers added and to their attention's latents; attention weights and norms\n"
        "are held still, and every node's children add up to it.",
    .example = "fovea sae attribution demo \"One two one two\" --sae z-sae --latent 17 --by heads",
    .options = options,
    .runs_model = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_attribution,
};
