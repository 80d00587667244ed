/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Measurements as rows. A layer's number is the mean over its heads and the model's the mean over
 * layers, so heads that were left out do not count; least recall is a minimum, empty rows and the
 * histogram are sums. Where a method computes what it chose on some heads only, its choice on these is
 * what it computes, so that "selected" is a mean over the same heads as every other row. Intervals
 * resample sequences, the only things drawn at random here: 1,000 times, by a seeded generator, for
 * each row anew, so that a row does not depend on which others there are. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-curves-private.h"
#include "capture/random.h"

enum {
    N_RESAMPLES = 1000,
};

/* Numbers of a row that are means. */
static const struct {
    const char *name, *unit, *description;
    gsize offset;
} numbers[] = {
#define NUMBER(field, unit, description)                                                           \
    {                                                                                              \
#field, unit, description, G_STRUCT_OFFSET(FoveaSparseMeasures, field)                     \
    }
    NUMBER (density, "share", "allowed cells that are computed"),
    NUMBER (sparsity, "share", "allowed cells that are not"),
    NUMBER (block_density, "share", "tiles that a kernel visits"),
    NUMBER (recall, "share", "mass of the full softmax that is kept, mean over queries"),
    NUMBER (late_recall, "share", "the same over the second half of the queries"),
    NUMBER (low_recall, "share", "5th percentile over queries"),
    NUMBER (value_recall, "share", "mass times length of the value that is kept"),
    NUMBER (error, "share", "|O - O~| / |O| over all queries"),
    NUMBER (mean_error, "share", "the same of one query, mean"),
    NUMBER (largest_error, "share", "the same of one query, largest"),
    NUMBER (oracle_recall, "share", "recall of the heaviest keys, as many per query"),
    NUMBER (oracle_gap, "share", "what is missed of that"),
#undef NUMBER
};

enum {
    N_NUMBERS = G_N_ELEMENTS (numbers),
    RECALL = 3, /* its place in `numbers` */
};

/* Columns that are no means, in the order of the table. */
enum {
    LAYER,
    HEAD,
    NAME,
    METHOD,
    SERIES,
    KNOB,
    VALUE,
    FIRST_NUMBER,
    RECALL_FROM = FIRST_NUMBER + N_NUMBERS,
    RECALL_TO,
    LEAST_RECALL,
    EMPTY_ROWS,
    MARGIN,
    FLOPS,
    N_SEQUENCES,
    N_HEADS,
    NOTE,
};

static FoveaTable *
make_table (const FoveaSparseCurvesData *data)
{
    static const FoveaColumn first[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", "-1: the model"},
        {"head", FOVEA_COLUMN_INTEGER, "", "-1: mean over heads"},
        {"name", FOVEA_COLUMN_TEXT, "", "layer.head, layer or model"},
        {"method", FOVEA_COLUMN_TEXT, "", "as in fovea recall --methods list"},
        {"series", FOVEA_COLUMN_TEXT, "", "executed, or selected"},
        {"knob", FOVEA_COLUMN_TEXT, "", "what is swept"},
        {"value", FOVEA_COLUMN_NUMBER, "", "of the knob"},
    };
    static const FoveaColumn last[] = {
        {"recall_from", FOVEA_COLUMN_NUMBER, "share", "95 % interval"},
        {"recall_to", FOVEA_COLUMN_NUMBER, "share", "95 % interval"},
        {"least_recall", FOVEA_COLUMN_NUMBER, "share", "of any query"},
        {"empty_rows", FOVEA_COLUMN_INTEGER, "queries", "without a key"},
        {"margin", FOVEA_COLUMN_NUMBER, "", "narrowest decision, relative to the values compared"},
        {"select_flops", FOVEA_COLUMN_NUMBER, "flops", "cost of selecting"},
        {"n_sequences", FOVEA_COLUMN_INTEGER, "", "behind the row"},
        {"n_heads", FOVEA_COLUMN_INTEGER, "", "behind the row"},
        {"note", FOVEA_COLUMN_TEXT, "", "why there are no numbers"},
    };
    FoveaTable *t = fovea_table_new ("recall");
    g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, data->seed);
    fovea_table_add_columns (t, first, G_N_ELEMENTS (first));
    for (gsize i = 0; i < N_NUMBERS; i++)
        fovea_table_add_column (t, numbers[i].name, FOVEA_COLUMN_NUMBER, numbers[i].unit,
                                numbers[i].description);
    fovea_table_add_columns (t, last, G_N_ELEMENTS (last));
    if (data->first_tokens > 0)
        fovea_table_add_column (t, "first_tokens", FOVEA_COLUMN_INTEGER, "tokens",
                                "of each longer text that the row is of");
    if (data->histograms)
        fovea_table_add_column (t, "histogram", FOVEA_COLUMN_TEXT, "queries",
                                "with a recall up to 0.05, 0.1 ... 1");
    if (data->hashes)
        fovea_table_add_column (t, "mask_hash", FOVEA_COLUMN_TEXT, "", "FNV-1a of the first mask");
    fovea_table_set_note (t, "seed", seed);
    return t;
}

/* A row's object: heads of layers [l0,l1), one head or all. */
typedef struct {
    gint64 l0, l1, h0, h1;
} Object;

/* Means of one sequence over an object: over the heads of each layer, then over layers. */
typedef struct {
    double numbers[N_NUMBERS];
    double value, least_recall, margin, flops;
    gint64 n_empty, n_heads;
    gint64 histogram[FOVEA_RECALL_BINS];
    gboolean measured;
} Mean;

static double
get_number (const FoveaSparseResult *result, gsize i)
{
    return *(const double *) (gconstpointer) ((const char *) &result->measures + numbers[i].offset);
}

static void
take_extremes (Mean *mean, const FoveaSparseResult *result)
{
    const FoveaSparseMeasures *m = &result->measures;
    double scale = result->margin.scale;
    mean->least_recall = fmin (mean->least_recall, m->least_recall);
    mean->n_empty += m->n_empty;
    for (int bin = 0; bin < FOVEA_RECALL_BINS; bin++)
        mean->histogram[bin] += m->histogram[bin];
    if (scale > 0)
        mean->margin = fmin (mean->margin, result->margin.gap / scale);
}

/* Whether a point was measured on any head of an object. */
static gboolean
is_measured (const FoveaSparseCurvesData *data, const Object *object, gsize point)
{
    for (guint s = 0; s < data->n_sequences; s++)
        for (gint64 l = object->l0; l < object->l1; l++)
            for (gint64 h = object->h0; h < object->h1; h++)
                if (data->sequences[s][(gsize) (l * data->n_heads + h) * data->n_points + point]
                        .measured)
                    return TRUE;
    return FALSE;
}

/* Sums over one layer's heads; gives how many were measured. */
static gint64
add_heads (const FoveaSparseCurvesData *data,
           const FoveaSparseResult *sequence,
           const Object *object,
           gint64 layer,
           gsize point,
           Mean *mean,
           double *sums)
{
    gint64 n = 0;
    for (gint64 h = object->h0; h < object->h1; h++) {
        const FoveaSparseResult *head =
            &sequence[(gsize) (layer * data->n_heads + h) * data->n_points];
        const FoveaSparseResult *result =
            &head[head[point].measured ? point : data->points[point].executed];
        if (!result->measured)
            continue;
        for (gsize i = 0; i < N_NUMBERS; i++)
            sums[i] += get_number (result, i);
        sums[N_NUMBERS] += result->value;
        sums[N_NUMBERS + 1] += result->flops;
        take_extremes (mean, result);
        n++;
    }
    return n;
}

static Mean
get_mean (const FoveaSparseCurvesData *data,
          const FoveaSparseResult *sequence,
          const Object *object,
          gsize point)
{
    Mean mean = {.least_recall = INFINITY, .margin = INFINITY};
    double total[N_NUMBERS + 2] = {0};
    gint64 n_layers = 0;
    for (gint64 l = object->l0; l < object->l1; l++) {
        double sums[N_NUMBERS + 2] = {0};
        gint64 n = add_heads (data, sequence, object, l, point, &mean, sums);
        for (gsize i = 0; i < G_N_ELEMENTS (sums) && n > 0; i++)
            total[i] += sums[i] / (double) n;
        n_layers += n > 0;
        mean.n_heads += n;
    }
    mean.measured = n_layers > 0;
    for (gsize i = 0; i < N_NUMBERS && n_layers > 0; i++)
        mean.numbers[i] = total[i] / (double) n_layers;
    mean.value = total[N_NUMBERS] / (double) MAX (n_layers, 1);
    mean.flops = total[N_NUMBERS + 1] / (double) MAX (n_layers, 1);
    return mean;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* 95 % of the means of resampled sequences. */
static void
set_interval (FoveaTable *table, guint row, const double *recalls, gsize n, guint64 seed)
{
    g_autofree double *means = g_new0 (double, N_RESAMPLES);
    FoveaRandom random;
    if (n < 2)
        return;
    fovea_random_init (&random, seed);
    for (gsize i = 0; i < N_RESAMPLES; i++)
        for (gsize s = 0; s < n; s++)
            means[i] += recalls[fovea_random_below (&random, n)] / (double) n;
    qsort (means, N_RESAMPLES, sizeof *means, compare_doubles);
    fovea_table_set_number (table, row, RECALL_FROM, means[N_RESAMPLES / 40]);
    fovea_table_set_number (table, row, RECALL_TO, means[N_RESAMPLES - 1 - N_RESAMPLES / 40]);
}

static void
set_names (FoveaTable *t, guint row, const Object *object, const FoveaSparsePoint *point)
{
    gboolean model = object->l1 - object->l0 != 1, layer = object->h1 - object->h0 != 1;
    /* With one layer or one head the means are those of the part: rows are added for the whole
     * only where they differ. */
    g_autofree char *name = model   ? g_strdup ("model")
                            : layer ? g_strdup_printf ("layer %" G_GINT64_FORMAT, object->l0)
                                    : g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                                       object->l0, object->h0);
    fovea_table_set_integer (t, row, LAYER, model ? -1 : object->l0);
    fovea_table_set_integer (t, row, HEAD, model || layer ? -1 : object->h0);
    fovea_table_set_text (t, row, NAME, name);
    fovea_table_set_text (t, row, METHOD, point->method->id);
    fovea_table_set_text (t, row, SERIES, point->selected ? "selected" : "executed");
    fovea_table_set_text (t, row, KNOB, point->method->knobs[0].name);
}

static void
set_first_tokens (const FoveaSparseCurvesData *data, FoveaTable *table, guint row)
{
    if (data->first_tokens > 0)
        fovea_table_set_integer (table, row,
                                 (guint) fovea_table_find_column (table, "first_tokens"),
                                 data->first_tokens);
}

static void
set_hash (const FoveaSparseCurvesData *data,
          FoveaTable *table,
          guint row,
          const Object *object,
          gsize point)
{
    gsize head = (gsize) (object->l0 * data->n_heads + object->h0);
    const FoveaSparseResult *result = &data->sequences[0][head * data->n_points + point];
    g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", result->hash);
    if (data->hashes && object->h1 - object->h0 == 1 && result->measured)
        fovea_table_set_text (table, row, (guint) fovea_table_find_column (table, "mask_hash"),
                              text);
}

/* Queries of all heads and sequences, counts in turn. */
static void
set_histogram (FoveaTable *table, guint row, const Mean *means, gsize n)
{
    int column = fovea_table_find_column (table, "histogram");
    g_autoptr (GString) text = g_string_new (NULL);
    for (int bin = 0; bin < FOVEA_RECALL_BINS && column >= 0; bin++) {
        gint64 count = 0;
        for (gsize s = 0; s < n; s++)
            count += means[s].histogram[bin];
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, bin > 0 ? " " : "", count);
    }
    if (column >= 0)
        fovea_table_set_text (table, row, (guint) column, text->str);
}

/* Means over sequences. */
static void
set_numbers (FoveaTable *table, guint row, const Mean *means, gsize n)
{
    double least = INFINITY, margin = INFINITY, value = 0, flops = 0;
    gint64 n_empty = 0, n_heads = 0;
    for (gsize i = 0; i < N_NUMBERS; i++) {
        double sum = 0;
        for (gsize s = 0; s < n; s++)
            sum += means[s].numbers[i];
        fovea_table_set_number (table, row, FIRST_NUMBER + (guint) i, sum / (double) n);
    }
    for (gsize s = 0; s < n; s++) {
        least = fmin (least, means[s].least_recall);
        margin = fmin (margin, means[s].margin);
        value += means[s].value / (double) n;
        flops += means[s].flops / (double) n;
        n_empty += means[s].n_empty;
        n_heads = MAX (n_heads, means[s].n_heads);
    }
    fovea_table_set_number (table, row, VALUE, value);
    fovea_table_set_number (table, row, LEAST_RECALL, least);
    fovea_table_set_integer (table, row, EMPTY_ROWS, n_empty);
    fovea_table_set_number (table, row, MARGIN, isfinite (margin) ? margin : NAN);
    fovea_table_set_number (table, row, FLOPS, flops);
    fovea_table_set_integer (table, row, N_SEQUENCES, (gint64) n);
    fovea_table_set_integer (table, row, N_HEADS, n_heads);
}

/* Gives whether there was anything to add. */
static gboolean
add_row (const FoveaSparseCurvesData *data, FoveaTable *table, const Object *object, gsize point)
{
    g_autofree Mean *means = g_new (Mean, data->n_sequences + 1);
    g_autofree double *recalls = g_new (double, data->n_sequences + 1);
    gsize n = 0;
    if (!is_measured (data, object, point))
        return FALSE;
    for (guint s = 0; s < data->n_sequences; s++) {
        Mean mean = get_mean (data, data->sequences[s], object, point);
        if (!mean.measured)
            continue;
        recalls[n] = mean.numbers[RECALL];
        means[n++] = mean;
    }
    guint row = fovea_table_add_row (table);
    set_names (table, row, object, &data->points[point]);
    set_first_tokens (data, table, row);
    set_numbers (table, row, means, n);
    set_interval (table, row, recalls, n, data->seed);
    set_histogram (table, row, means, n);
    set_hash (data, table, row, object, point);
    return TRUE;
}

/* The first reason why a point was left out of an object, NULL if it was not. */
static const char *
find_reason (const FoveaSparseCurvesData *data, const Object *object, gsize point)
{
    for (guint s = 0; s < data->n_sequences; s++)
        for (gint64 l = object->l0; l < object->l1; l++)
            for (gint64 h = object->h0; h < object->h1; h++) {
                gsize at = (gsize) (l * data->n_heads + h) * data->n_points + point;
                if (data->sequences[s][at].reason != NULL)
                    return data->sequences[s][at].reason;
            }
    return NULL;
}

/* Points [first,end) of one method that gave no row. */
static void
add_reason (const FoveaSparseCurvesData *data,
            FoveaTable *table,
            const Object *object,
            gsize first,
            gsize end)
{
    const char *reason = NULL;
    for (gsize p = first; p < end && reason == NULL; p++)
        reason = find_reason (data, object, p);
    if (reason == NULL)
        return;
    guint row = fovea_table_add_row (table);
    set_names (table, row, object, &data->points[first]);
    set_first_tokens (data, table, row);
    fovea_table_set_text (table, row, NOTE, reason);
}

static void
add_object (const FoveaSparseCurvesData *data, FoveaTable *table, Object object)
{
    for (gsize first = 0, end; first < data->n_points; first = end) {
        gboolean any = FALSE;
        for (end = first;
             end < data->n_points && data->points[end].method == data->points[first].method; end++)
            any |= add_row (data, table, &object, end);
        if (!any)
            add_reason (data, table, &object, first, end);
    }
}

FoveaTable *
fovea_sparse_curves_tabulate (const FoveaSparseCurvesData *data)
{
    FoveaTable *table = make_table (data);
    gint64 L = data->n_layers, H = data->n_heads;
    if (L > 1 && data->n_whole_layers == L)
        add_object (data, table, (Object){0, L, 0, H});
    for (gint64 l = 0; l < L; l++) {
        if (H > 1 && l < data->n_whole_layers)
            add_object (data, table, (Object){l, l + 1, 0, H});
        for (gint64 h = 0; h < H; h++)
            add_object (data, table, (Object){l, l + 1, h, h + 1});
    }
    return table;
}

/* "block=16 (64) stride=4 (8)": defaults for short sequences, and the published ones where they
 * differ. */
static char *
describe_knobs (const FoveaSparseMethod *method)
{
    GString *text = g_string_new (NULL);
    for (gsize i = 1; i < FOVEA_SPARSE_MAX_KNOBS && method->knobs[i].name != NULL; i++) {
        const FoveaSparseKnob *knob = &method->knobs[i];
        g_string_append_printf (text, "%s%s=%g", i > 1 ? " " : "", knob->name, knob->small);
        if (knob->value != knob->small)
            g_string_append_printf (text, " (%g)", knob->value);
    }
    return g_string_free (text, FALSE);
}

FoveaTable *
fovea_sparse_curves_list_methods (void)
{
    static const char *const columns[][2] = {
        {"id", "for --methods"},
        {"name", ""},
        {"kind", "what it looks at"},
        {"honesty", "exact-rule, surrogate, fitted or measurement"},
        {"unit", "what it keeps or drops as one"},
        {"swept", "knob that makes the curve"},
        {"knobs", "others; for sequences under 16,384 tokens (published values)"},
        {"paper", ""},
        {"note", "what it needs, or what stands in for what"},
    };
    FoveaTable *table = fovea_table_new ("methods");
    for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
        fovea_table_add_column (table, columns[c][0], FOVEA_COLUMN_TEXT, "", columns[c][1]);
    for (gsize i = 0; fovea_sparse_method_list ()[i] != NULL; i++) {
        const FoveaSparseMethod *method = fovea_sparse_method_list ()[i];
        g_autofree char *knobs = describe_knobs (method);
        g_autofree char *swept =
            g_strdup_printf ("%s=%g", method->knobs[0].name, method->knobs[0].small);
        const char *const cells[] = {method->id,
                                     method->name,
                                     fovea_sparse_kind_get_name (method->kind),
                                     fovea_honesty_get_name (method->honesty),
                                     method->unit,
                                     swept,
                                     knobs,
                                     method->paper,
                                     method->note != NULL ? method->note : ""};
        guint row = fovea_table_add_row (table);
        for (guint c = 0; c < G_N_ELEMENTS (cells); c++)
            fovea_table_set_text (table, row, c, cells[c]);
    }
    return table;
}
