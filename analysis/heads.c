/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Means and standard errors over sequences of what head-measures.c finds in each, kept apart for
 * ordinary text and repeated random tokens, and the roles that follow. Nothing of a trace is kept:
 * memory is O(L H). */
#include "analysis/heads.h"

#include <math.h>

#include "analysis/head-measures.h"
#include "analysis/roles.h"

typedef enum {
    GROUP_TEXT,
    GROUP_REPEAT,
    N_GROUPS,
} Group;

/* Welford's running mean and sum of squared deviations. */
typedef struct {
    gint64 n;
    double mean, squares;
} Running;

/* The sequence in which a head's sink column is strongest. */
typedef struct {
    double score; /* 0 before the first */
    gint64 key;
    char *token; /* NULL if the sequence has no texts */
} SinkColumn;

struct _FoveaHeads {
    gint64 n_layers, n_heads; /* 0 before the first trace */
    gint64 repeat_period;     /* of the first repeat; -1 if others differ */
    gint64 n_sequences[N_GROUPS];
    Running *running;    /* (group, L, H, measure) */
    SinkColumn *columns; /* (L, H) */
    FoveaThreads *threads;
    FoveaProgress progress; /* of the sequence under way */
    gpointer progress_data;
    const FoveaKeptLayers *kept; /* of that; NULL = nothing is */
};

/* A score of the table. */
typedef struct {
    const char *name;
    Group group;
    FoveaMeasure measure;
    const char *unit;
    const char *description;
} Score;

static const Score scores[] = {
    {"entropy", GROUP_TEXT, FOVEA_MEASURE_ENTROPY, "nats", "Entropy of a row"},
    {"entropy_normalised", GROUP_TEXT, FOVEA_MEASURE_ENTROPY_NORMALISED, "",
     "Entropy over its largest possible value, rows of 8 keys or more"},
    {"effective_tokens", GROUP_TEXT, FOVEA_MEASURE_EFFECTIVE_TOKENS, "tokens",
     "Exponential of the entropy"},
    {"max_weight", GROUP_TEXT, FOVEA_MEASURE_MAX_WEIGHT, "", "Largest weight of a row"},
    {"mean_distance", GROUP_TEXT, FOVEA_MEASURE_MEAN_DISTANCE, "tokens",
     "Distance from query to key, by weight"},
    {"first_token", GROUP_TEXT, FOVEA_MEASURE_FIRST, "", "Weight on the first token"},
    {"first_token_share", GROUP_TEXT, FOVEA_MEASURE_FIRST_SHARE, "",
     "Share of rows with more than 0.3 on the first token"},
    {"window_16", GROUP_TEXT, FOVEA_MEASURE_LOCAL, "",
     "Weight on the last 16 tokens, rows from 64 on"},
    {"long_range", GROUP_TEXT, FOVEA_MEASURE_LONG_RANGE, "",
     "Mean distance over its mean possible value"},
    {"positional", GROUP_TEXT, FOVEA_MEASURE_POSITIONAL, "",
     "Share of rows whose largest weight is at the commonest offset"},
    {"previous_text", GROUP_TEXT, FOVEA_MEASURE_PREVIOUS_MUL, "",
     "Share of weight on the previous token"},
    {"current_text", GROUP_TEXT, FOVEA_MEASURE_CURRENT, "", "Weight on the token itself"},
    {"duplicate_text", GROUP_TEXT, FOVEA_MEASURE_DUPLICATE_MUL, "",
     "Share of weight on earlier occurrences of the token"},
    {"induction_text", GROUP_TEXT, FOVEA_MEASURE_INDUCTION_MUL, "",
     "Share of weight on tokens after earlier occurrences"},
    {"sink_column", GROUP_TEXT, FOVEA_MEASURE_SINK_COLUMN, "",
     "Largest mean weight of the second half's rows on one token of the first half"},
    {"previous", GROUP_REPEAT, FOVEA_MEASURE_PREVIOUS, "",
     "Weight on the previous token, repeated random tokens"},
    {"current", GROUP_REPEAT, FOVEA_MEASURE_CURRENT, "",
     "Weight on the token itself, repeated random tokens"},
    {"duplicate", GROUP_REPEAT, FOVEA_MEASURE_DUPLICATE, "",
     "Weight on the earlier copy, second half of repeated random tokens"},
    {"induction", GROUP_REPEAT, FOVEA_MEASURE_INDUCTION, "",
     "Weight on the token after the earlier copy, second half of repeated random tokens"},
    {"first", GROUP_REPEAT, FOVEA_MEASURE_FIRST, "",
     "Weight on the first token, repeated random tokens"},
};

/* What each role is judged by, on which sequences rather, and the columns that show it. */
static const struct {
    FoveaMeasure measure;
    Group group;
    gboolean either;        /* the other group will do */
    const char *columns[2]; /* the preferred group's, the other's */
} evidence[FOVEA_N_ROLES] = {
    [FOVEA_ROLE_PREVIOUS] = {FOVEA_MEASURE_PREVIOUS,
                             GROUP_REPEAT,
                             TRUE,
                             {"previous", "previous_text"}},
    [FOVEA_ROLE_INDUCTION] = {FOVEA_MEASURE_INDUCTION, GROUP_REPEAT, FALSE, {"induction"}},
    [FOVEA_ROLE_LOCAL] = {FOVEA_MEASURE_LOCAL, GROUP_TEXT, FALSE, {"window_16"}},
    [FOVEA_ROLE_DUPLICATE] = {FOVEA_MEASURE_DUPLICATE, GROUP_REPEAT, FALSE, {"duplicate"}},
    [FOVEA_ROLE_SINK] = {FOVEA_MEASURE_FIRST, GROUP_REPEAT, TRUE, {"first", "first_token"}},
    [FOVEA_ROLE_CURRENT] = {FOVEA_MEASURE_CURRENT, GROUP_REPEAT, TRUE, {"current", "current_text"}},
    [FOVEA_ROLE_POSITIONAL] = {FOVEA_MEASURE_POSITIONAL, GROUP_TEXT, FALSE, {"positional"}},
    [FOVEA_ROLE_LONG_RANGE] = {FOVEA_MEASURE_LONG_RANGE, GROUP_TEXT, FALSE, {"long_range"}},
    [FOVEA_ROLE_UNIFORM] = {FOVEA_MEASURE_ENTROPY_NORMALISED,
                            GROUP_TEXT,
                            FALSE,
                            {"entropy_normalised"}},
    [FOVEA_ROLE_SINK_COLUMN] = {FOVEA_MEASURE_SINK_COLUMN, GROUP_TEXT, FALSE, {"sink_column"}},
};

FoveaHeads *
fovea_heads_new (void)
{
    FoveaHeads *heads = g_new0 (FoveaHeads, 1);
    heads->threads = fovea_threads_new (0);
    return heads;
}

void
fovea_heads_free (FoveaHeads *heads)
{
    if (heads == NULL)
        return;
    fovea_threads_free (heads->threads);
    for (gint64 head = 0; head < heads->n_layers * heads->n_heads; head++)
        g_free (heads->columns[head].token);
    g_free (heads->columns);
    g_free (heads->running);
    g_free (heads);
}

static Running *
get_running (FoveaHeads *heads, Group group, gint64 head, FoveaMeasure measure)
{
    gint64 n = heads->n_layers * heads->n_heads;
    return &heads->running[(group * n + head) * FOVEA_N_MEASURES + measure];
}

static void
add_value (Running *running, double value)
{
    if (isnan (value))
        return;
    double deviation = value - running->mean;
    running->n++;
    running->mean += deviation / (double) running->n;
    running->squares += deviation * (value - running->mean);
}

static double
get_mean (const Running *running)
{
    return running->n > 0 ? running->mean : NAN;
}

/* Standard error of the mean. */
static double
get_error (const Running *running)
{
    double n = (double) running->n;
    return running->n > 1 ? sqrt (running->squares / (n - 1) / n) : NAN;
}

static gboolean
check_size (FoveaHeads *heads, const FoveaTraceInfo *info, GError **error)
{
    const FoveaArchitecture *a = info->architecture;
    if (heads->running == NULL) {
        heads->n_layers = a->n_layers;
        heads->n_heads = a->n_heads;
        heads->running = g_new0 (Running, N_GROUPS * a->n_layers * a->n_heads * FOVEA_N_MEASURES);
        heads->columns = g_new0 (SinkColumn, a->n_layers * a->n_heads);
    }
    if (heads->n_layers == a->n_layers && heads->n_heads == a->n_heads)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: %" G_GINT64_FORMAT " layers of %" G_GINT64_FORMAT
                 " heads, but the sequences before it have %" G_GINT64_FORMAT
                 " of %" G_GINT64_FORMAT,
                 info->title, a->n_layers, a->n_heads, heads->n_layers, heads->n_heads);
    return FALSE;
}

/* @measures: of one head; those of repeats have no sink column and leave it NaN. What comes from a file may
 * name any key. */
static void
note_sink_column (SinkColumn *column, const double *measures, const FoveaTraceInfo *info)
{
    double score = measures[FOVEA_MEASURE_SINK_COLUMN];
    double key = measures[FOVEA_MEASURE_SINK_KEY];
    if (!(score > column->score) || !(key >= 0 && key < (double) info->n_tokens))
        return;
    column->score = score;
    column->key = (gint64) key;
    g_free (column->token);
    column->token = info->token_texts != NULL ? g_strdup (info->token_texts[column->key]) : NULL;
}

void
fovea_heads_set_progress (FoveaHeads *heads, FoveaProgress progress, gpointer data)
{
    heads->progress = progress;
    heads->progress_data = data;
}

void
fovea_heads_set_kept (FoveaHeads *heads, const FoveaKeptLayers *kept)
{
    heads->kept = kept;
}

/* What is kept of a sequence, and of layers without attention that nothing can be said: an import may have that
 * of one layer alone. */
typedef struct {
    FoveaTrace *trace;
    gint64 n_layers, n_heads;
    const FoveaKeptLayers *kept; /* NULL = nothing is */
} Sequence;

static gboolean
is_silent (const Sequence *sequence, gint64 layer)
{
    gboolean any = FALSE;
    if (fovea_attention_has_pattern (sequence->trace, (guint) layer))
        return FALSE;
    for (gint64 l = 0; l < sequence->n_layers && !any; l++)
        any = fovea_attention_has_pattern (sequence->trace, (guint) l);
    return any; /* else it is an error */
}

static GBytes *
find_layer (gpointer data, gint64 layer)
{
    const Sequence *sequence = data;
    gsize n = (gsize) sequence->n_heads * FOVEA_N_MEASURES;
    if (!is_silent (sequence, layer))
        return sequence->kept != NULL ? sequence->kept->find (sequence->kept->data, layer) : NULL;
    double *unknown = g_new (double, n);
    for (gsize i = 0; i < n; i++)
        unknown[i] = NAN;
    return g_bytes_new_take (unknown, n * sizeof *unknown);
}

static void
keep_layer (gpointer data, gint64 layer, GBytes *bytes)
{
    const Sequence *sequence = data;
    if (sequence->kept != NULL)
        sequence->kept->keep (sequence->kept->data, layer, bytes);
}

gboolean
fovea_heads_add (FoveaHeads *heads, FoveaTrace *trace, GCancellable *cancellable, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    if (!check_size (heads, info, error))
        return FALSE;
    gint64 n = heads->n_layers * heads->n_heads;
    g_autofree double *measures = g_new (double, n *FOVEA_N_MEASURES);
    Sequence sequence = {trace, heads->n_layers, heads->n_heads, heads->kept};
    const FoveaKeptLayers kept = {find_layer, keep_layer, &sequence};
    if (!fovea_head_measures_compute (trace, heads->threads, measures, &kept, heads->progress,
                                      heads->progress_data, cancellable, error))
        return FALSE;
    Group group = info->repeat_period > 0 ? GROUP_REPEAT : GROUP_TEXT;
    for (gint64 head = 0; head < n; head++) {
        const double *values = measures + head * FOVEA_N_MEASURES;
        for (int measure = 0; measure < FOVEA_N_MEASURES; measure++)
            add_value (get_running (heads, group, head, measure), values[measure]);
        note_sink_column (&heads->columns[head], values, info);
    }
    heads->n_sequences[group]++;
    if (group == GROUP_REPEAT && heads->n_sequences[group] == 1)
        heads->repeat_period = info->repeat_period;
    else if (group == GROUP_REPEAT && heads->repeat_period != info->repeat_period)
        heads->repeat_period = -1;
    return TRUE;
}

static void
set_roles (FoveaHeads *heads, FoveaTable *table, gint64 head)
{
    double values[FOVEA_N_ROLES], errors[FOVEA_N_ROLES];
    for (int role = 0; role < FOVEA_N_ROLES; role++) {
        Group group = evidence[role].group;
        if (evidence[role].either && heads->n_sequences[group] == 0)
            group = GROUP_TEXT;
        const Running *running = get_running (heads, group, head, evidence[role].measure);
        values[role] = get_mean (running);
        errors[role] = get_error (running);
    }
    FoveaRole main;
    g_autofree char *all = fovea_roles_choose (values, errors, &main);
    int role = fovea_table_find_column (table, "role");
    int roles = fovea_table_find_column (table, "roles");
    fovea_table_set_text (table, (guint) head, (guint) role,
                          main < FOVEA_N_ROLES ? fovea_role_get_name (main) : "");
    fovea_table_set_text (table, (guint) head, (guint) roles, all);
}

static void
add_columns (FoveaTable *table)
{
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "Layer, from 0");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "Head, from 0");
    fovea_table_add_column (table, "name", FOVEA_COLUMN_TEXT, "", "layer.head");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "Main role");
    fovea_table_add_column (table, "roles", FOVEA_COLUMN_TEXT, "", "All roles, main one first");
    for (gsize i = 0; i < G_N_ELEMENTS (scores); i++) {
        g_autofree char *name = g_strconcat (scores[i].name, "_se", NULL);
        fovea_table_add_column (table, scores[i].name, FOVEA_COLUMN_NUMBER, scores[i].unit,
                                scores[i].description);
        fovea_table_add_column (table, name, FOVEA_COLUMN_NUMBER, scores[i].unit,
                                "Its standard error over sequences");
    }
    fovea_table_add_column (table, "sink_key", FOVEA_COLUMN_NUMBER, "position",
                            "Where sink_column is strongest of all sequences");
    fovea_table_add_column (table, "sink_token", FOVEA_COLUMN_TEXT, "", "Token there");
}

static void
add_row (FoveaHeads *heads, FoveaTable *table, gint64 head)
{
    guint row = fovea_table_add_row (table);
    gint64 layer = head / heads->n_heads, within = head % heads->n_heads;
    g_autofree char *name =
        g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, layer, within);
    fovea_table_set_integer (table, row, 0, layer);
    fovea_table_set_integer (table, row, 1, within);
    fovea_table_set_text (table, row, 2, name);
    set_roles (heads, table, head);
    guint column = (guint) fovea_table_find_column (table, scores[0].name);
    for (gsize i = 0; i < G_N_ELEMENTS (scores); i++) {
        const Running *running = get_running (heads, scores[i].group, head, scores[i].measure);
        fovea_table_set_number (table, row, column++, get_mean (running));
        fovea_table_set_number (table, row, column++, get_error (running));
    }
    const SinkColumn *sink = &heads->columns[head];
    fovea_table_set_number (table, row, column++, sink->score > 0 ? (double) sink->key : NAN);
    g_autofree char *token = sink->token != NULL ? g_utf8_make_valid (sink->token, -1) : NULL;
    fovea_table_set_text (table, row, column, token != NULL ? token : "");
}

static void
set_count (FoveaTable *table, const char *key, gint64 value)
{
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
    fovea_table_set_note (table, key, text);
}

FoveaTable *
fovea_heads_finish (FoveaHeads *heads)
{
    FoveaTable *table = fovea_table_new ("heads");
    add_columns (table);
    for (gint64 head = 0; head < heads->n_layers * heads->n_heads; head++)
        add_row (heads, table, head);
    set_count (table, "n_text", heads->n_sequences[GROUP_TEXT]);
    set_count (table, "n_repeat", heads->n_sequences[GROUP_REPEAT]);
    if (heads->repeat_period < 0)
        fovea_table_set_note (table, "repeat_period", "several");
    else
        set_count (table, "repeat_period", heads->repeat_period);
    return table;
}

gboolean
fovea_heads_check_table (FoveaTable *table, gint64 n_layers, gint64 n_heads)
{
    static const char *const texts[] = {"name", "role", "roles"};
    int layer = fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER);
    int head = fovea_table_find_kind (table, "head", FOVEA_COLUMN_INTEGER);
    if (layer < 0 || head < 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        if (fovea_table_find_kind (table, texts[i], FOVEA_COLUMN_TEXT) < 0)
            return FALSE;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        gint64 l = fovea_table_get_integer (table, row, (guint) layer);
        gint64 h = fovea_table_get_integer (table, row, (guint) head);
        if (l < 0 || l >= n_layers || h < 0 || h >= n_heads)
            return FALSE;
    }
    return TRUE;
}

const char *
fovea_heads_get_evidence (FoveaTable *table, guint row, const char *role)
{
    int known = 0;
    while (known < FOVEA_N_ROLES && !g_str_equal (role, fovea_role_get_name (known)))
        known++;
    if (known == FOVEA_N_ROLES)
        return NULL;
    const char *const *columns = evidence[known].columns;
    int first = fovea_table_find_kind (table, columns[0], FOVEA_COLUMN_NUMBER);
    gboolean has_first = first >= 0 && !isnan (fovea_table_get_number (table, row, (guint) first));
    return has_first || columns[1] == NULL ? columns[0] : columns[1];
}

char *
fovea_heads_write_score (double value, double error, int digits)
{
    double least = pow (10, -digits);
    if (isnan (error))
        return g_strdup_printf ("%.*f", digits, value);
    if (error > 0 && error < least / 2)
        return g_strdup_printf ("%.*f ± <%.*f", digits, value, digits, least);
    return g_strdup_printf ("%.*f ± %.*f", digits, value, error > 0 ? digits : 0, error);
}
