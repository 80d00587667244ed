/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea effect`: what sparse attention does to a model's answers. The text is run once densely, then
 * once for every method and point with the method in the place of attention at the chosen heads. */
#include <math.h>
#include <string.h>

#include "analysis/end-effect.h"
#include "app/command/command.h"
#include "capture/texts.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("file", 'f', TEXT, "FILE", "text from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "token ids instead of a text"),
    FOVEA_ROW_INTEGER ("tokens", "N", 2, 1 << 24, "cut the text there (default: the context)"),
    FOVEA_ROW_VALUE ("methods",
                     0,
                     TEXT,
                     "LIST",
                     "ids as 'fovea recall --methods list' shows them (default streaming)"),
    FOVEA_ROW_FLAG ("sweep", "every point of a method's swept knob (default: its usual value)"),
    FOVEA_ROW_NUMBER ("value", "X", -1e9, 1e9, "value of the swept knob instead"),
    FOVEA_ROW_VALUE (
        "layers", 0, RANGE, "A:B", "layers where the method is applied (default: all)"),
    FOVEA_ROW_VALUE ("head", 0, HEAD, "H", "only head H of these layers, or L.H of one"),
    {NULL},
};

/* One text against all methods. */
typedef struct {
    FoveaContext *context;
    FoveaEndEffect *effect;
    gint64 n_tokens;
    gboolean *heads; /* (L, H) */
    FoveaTable *table;
} Comparison;

/* The text's first window as one sequence. */
static FoveaTraceInfo *
read_sequence (FoveaContext *context, FoveaModel *model, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const char *path = fovea_arguments_text (arguments, "file", NULL);
    const char *text = fovea_arguments_positional (arguments, 1);
    const FoveaTextsOptions window = {.max_tokens =
                                          fovea_arguments_integer (arguments, "tokens", 0),
                                      .limit = 1,
                                      .add_special = TRUE};
    gint64 n_ids;
    const gint32 *ids = fovea_arguments_ids (arguments, "ids", &n_ids);
    if ((path != NULL) + (text != NULL) + (ids != NULL) != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "effect: give one of TEXT, -f FILE or --ids LIST");
        return NULL;
    }
    if (ids != NULL)
        return fovea_texts_from_ids (model, "ids", ids, n_ids, error);
    gsize length = text != NULL ? strlen (text) : 0;
    g_autofree char *read =
        path != NULL ? fovea_command_read_input (path, &length, error) : g_strdup (text);
    g_autoptr (GPtrArray) list = read != NULL
                                     ? fovea_texts_from_text (model, path != NULL ? path : "text",
                                                              read, (gssize) length, &window, error)
                                     : NULL;
    return list != NULL ? fovea_trace_info_copy (g_ptr_array_index (list, 0)) : NULL;
}

/* --layers and --head as a table of heads. */
static gboolean *
read_heads (const FoveaArguments *arguments, const FoveaArchitecture *a, GError **error)
{
    gint64 from = 0, to = a->n_layers, layer = -1, head = -1;
    fovea_arguments_pair (arguments, "layers", &from, &to);
    fovea_arguments_pair (arguments, "head", &layer, &head);
    from = layer >= 0 ? layer : from;
    to = layer >= 0 ? layer + 1 : to;
    if (from < 0 || from >= to || to > a->n_layers || head >= a->n_heads) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "effect: layers %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                     " head %" G_GINT64_FORMAT " are outside %" G_GINT64_FORMAT
                     " layers of %" G_GINT64_FORMAT " heads",
                     from, to, head, a->n_layers, a->n_heads);
        return NULL;
    }
    gboolean *heads = g_new0 (gboolean, (gsize) (a->n_layers * a->n_heads));
    for (gint64 l = from; l < to; l++)
        for (gint64 h = 0; h < a->n_heads; h++)
            heads[l * a->n_heads + h] = head < 0 || h == head;
    return heads;
}

static FoveaTable *
make_table (void)
{
    FoveaTable *table = fovea_table_new ("effect");
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "id of the method");
    fovea_table_add_column (table, "knob", FOVEA_COLUMN_TEXT, "", "what is swept");
    fovea_table_add_column (table, "value", FOVEA_COLUMN_NUMBER, "", "of the knob");
    fovea_table_add_column (table, "density", FOVEA_COLUMN_NUMBER, "share",
                            "of allowed cells that are computed");
    fovea_table_add_column (table, "divergence", FOVEA_COLUMN_NUMBER, "nats",
                            "mean KL (dense || sparse) of next-token distributions");
    fovea_table_add_column (table, "largest_divergence", FOVEA_COLUMN_NUMBER, "nats",
                            "of any position");
    fovea_table_add_column (table, "loss", FOVEA_COLUMN_NUMBER, "nats", "mean over next tokens");
    fovea_table_add_column (table, "loss_change", FOVEA_COLUMN_NUMBER, "nats",
                            "beside the dense run");
    fovea_table_add_column (table, "agreement", FOVEA_COLUMN_NUMBER, "share",
                            "of positions with the same likeliest token");
    fovea_table_add_column (table, "layer_error", FOVEA_COLUMN_NUMBER, "share",
                            "of attention's output behind W_O that is lost, mean over layers");
    fovea_table_add_column (table, "note", FOVEA_COLUMN_TEXT, "", "why there is no number");
    return table;
}

static void
add_row (Comparison *c,
         const FoveaSparseMethod *method,
         double value,
         const FoveaEndEffectResult *r,
         const char *note)
{
    guint row = fovea_table_add_row (c->table);
    const double numbers[] = {value,   r->density,     r->divergence, r->largest_divergence,
                              r->loss, r->loss_change, r->agreement,  r->layer_error};
    fovea_table_set_text (c->table, row, 0, method->id);
    fovea_table_set_text (c->table, row, 1, method->knobs[0].name);
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_set_number (c->table, row, 2 + i, i == 0 || note == NULL ? numbers[i] : NAN);
    fovea_table_set_text (c->table, row, 10, note != NULL ? note : "");
    if (note == NULL) {
        g_autofree char *loss = g_strdup_printf ("%.6f", r->dense_loss);
        fovea_table_set_note (c->table, "dense_loss", loss);
    }
}

/* A method that cannot apply gets a line that says so; anything else ends the comparison. */
static gboolean
measure_point (Comparison *c, const FoveaSparseMethod *method, const double *knobs, GError **error)
{
    g_autoptr (GError) failure = NULL;
    FoveaEndEffectResult result = {0};
    if (!fovea_end_effect_measure (c->effect, method, knobs, c->heads, c->context->cancellable,
                                   &result, &failure) &&
        !g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    add_row (c, method, knobs[0], &result, failure != NULL ? failure->message : NULL);
    return TRUE;
}

static gboolean
measure_method (Comparison *c, const FoveaSparseMethod *method, GError **error)
{
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    fovea_sparse_method_get_defaults (method, c->n_tokens, knobs);
    knobs[0] = fovea_arguments_number (c->context->arguments, "value", knobs[0]);
    if (!fovea_arguments_has (c->context->arguments, "sweep"))
        return measure_point (c, method, knobs, error);
    for (gsize i = 0; i < FOVEA_SPARSE_MAX_POINTS; i++)
        if (fovea_sparse_method_get_point (method, c->n_tokens, i, &knobs[0]) &&
            !measure_point (c, method, knobs, error))
            return FALSE;
    return TRUE;
}

static gboolean
measure_all (Comparison *c, GError **error)
{
    const char *list = fovea_arguments_text (c->context->arguments, "methods", "streaming");
    const FoveaSparseMethod *const *all = fovea_sparse_method_list ();
    g_auto (GStrv) words = g_strsplit (list, ",", -1);
    for (gsize i = 0; g_str_equal (list, "all") && all[i] != NULL; i++)
        if (!measure_method (c, all[i], error))
            return FALSE;
    for (char **word = words; !g_str_equal (list, "all") && *word != NULL; word++) {
        g_autoptr (GError) failure = NULL;
        const FoveaSparseMethod *method = fovea_sparse_method_find (*word, &failure);
        if (method == NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--methods: %s", failure->message);
            return FALSE;
        }
        fovea_command_note (c->context, "%s", method->name);
        if (!measure_method (c, method, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
run_effect (FoveaContext *context, GError **error)
{
    static const char *const points[] = {"sweep", "value", NULL};
    const FoveaArguments *arguments = context->arguments;
    if (!fovea_arguments_exclude (arguments, points, error))
        return FALSE;
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (arguments, 0), error);
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    g_autoptr (FoveaTraceInfo) info = read_sequence (context, model, error);
    g_autofree gboolean *heads =
        info != NULL ? read_heads (arguments, info->architecture, error) : NULL;
    g_autoptr (FoveaDevice) device =
        heads != NULL ? fovea_command_open_device (context, error) : NULL;
    if (device == NULL)
        return FALSE;
    const FoveaSessionOptions session_options = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = info->n_tokens,
        .chunk = info->n_tokens, /* a method must see the whole sequence */
        .memory = (guint64) fovea_arguments_integer (arguments, "memory", 0),
    };
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &session_options, error);
    g_autoptr (FoveaEndEffect) effect =
        session != NULL ? fovea_end_effect_new (session, info, context->cancellable, error) : NULL;
    g_autoptr (FoveaTable) table = make_table ();
    Comparison comparison = {context, effect, info->n_tokens, heads, table};
    return effect != NULL && measure_all (&comparison, error) &&
           fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_effect = {
    .name = "effect",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST)",
    .summary = "Run a model with sparse attention and compare its answers",
    .details = "The text is run once densely, then with each method in the place of attention.\n"
               "A method chooses from the sparse run's own queries and keys, layer by layer, so\n"
               "what early layers lose reaches later ones, as it would in use.\n",
    .example = "fovea effect demo -f data/texts/gettysburg_address.txt --methods "
               "streaming,oracle-token --sweep",
    .options = options,
    .runs_model = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_effect,
};
