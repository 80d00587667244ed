/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pictures of the sparsity lab by structure: marks where the numbers say, colours of winners and
 * verdicts, labels that touch nothing, the same bytes twice, and one clear error for what cannot be
 * drawn. */
#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "analysis/mask-verdict.h"
#include "tests/figure-support.h"
#include "tests/sparse-support.h"
#include "ui/figures/color-bar.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-sparse.h"
#include "ui/figures/method-style.h"

enum {
    L = 2,
    H = 6,
    T = 96,
};

static const FoveaSparseOptions whole = {.layer = -1, .head = -1};
static const FoveaFigureStyle plain = {.caption = TRUE, .letters = TRUE};

static FoveaTrace *
make_trace (void)
{
    return sparse_trace_new (T, L, H, L, 11);
}

/* Real curves of the trace by four methods; made once, since every picture starts from them. */
static FoveaTable *
make_recall (void)
{
    static const char *const ids[] = {"oracle-token", "streaming",     "vertical-slash",
                                      "xattention",   "oracle-weight", NULL};
    g_autoptr (FoveaTrace) trace = make_trace ();
    return sparse_recall_new (trace, ids);
}

typedef enum {
    RECALL,
    SPARSITY,
    BUDGET,
    MASK,
    SINKS,
    N_KINDS,
} Kind;

static FoveaFigure *
draw (Kind kind, const FoveaSparseOptions *o, const FoveaFigureStyle *style, GError **error)
{
    g_autoptr (FoveaTrace) trace = make_trace ();
    g_autoptr (FoveaTable) recall = kind <= BUDGET ? make_recall () : NULL;
    g_autoptr (FoveaTable) heads = figure_heads (L, H);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    switch (kind) {
    case RECALL:
        return fovea_figure_recall_new (info, recall, heads, o, style, error);
    case SPARSITY:
        return fovea_figure_sparsity_new (info, recall, heads, o, style, error);
    case BUDGET:
        return fovea_figure_budget_new (info, recall, o, style, error);
    case MASK:
        return fovea_figure_mask_new (trace, o, style, NULL, error);
    default:
        return fovea_figure_sinks_new (trace, o, style, NULL, error);
    }
}

static FoveaFigure *
must_draw (Kind kind, const FoveaSparseOptions *options)
{
    g_autoptr (GError) error = NULL;
    FoveaFigure *figure = draw (kind, options, &plain, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}

START_TEST (labels_of_every_kind_never_touch_and_the_width_is_exact)
{
    double width, height;
    g_autoptr (FoveaFigure) figure = must_draw ((Kind) _i, &whole);
    figure_assert_tidy (figure);
    fovea_figure_get_size (figure, &width, &height);
    ck_assert_double_eq_tol (width, _i == SPARSITY ? 89 : 183, 1e-9);
    ck_assert_double_lt (height, 247);
    ck_assert_double_ge (fovea_figure_get_smallest_text (figure), 7);
}
END_TEST

/* One map as wide as two columns would be higher than it needs to be. */
START_TEST (a_mask_of_one_method_takes_one_column)
{
    FoveaSparseOptions options = whole;
    for (guint n = 1; n <= 2; n++) {
        double width;
        options.methods = n == 1 ? "streaming" : "streaming,oracle-block";
        g_autoptr (FoveaFigure) figure = must_draw (MASK, &options);
        fovea_figure_get_size (figure, &width, NULL);
        ck_assert_double_eq_tol (width, n == 1 ? 89 : 183, 1e-9);
    }
}
END_TEST

START_TEST (every_kind_fits_one_column_too)
{
    g_autoptr (GError) error = NULL;
    const FoveaFigureStyle narrow = {.width_mm = 120, .caption = TRUE, .letters = TRUE};
    g_autoptr (FoveaFigure) figure = draw ((Kind) _i, &whole, &narrow, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (figure);
}
END_TEST

static const char *const suffixes[] = {"pdf", "svg", "png"};

START_TEST (every_kind_is_the_same_bytes_twice_and_carries_its_query)
{
    char *folder = support_temp_dir ();
    for (guint s = 0; s < G_N_ELEMENTS (suffixes); s++) {
        g_autofree char *data[2] = {NULL};
        gsize lengths[2];
        for (guint i = 0; i < 2; i++) {
            g_autoptr (FoveaFigure) figure = must_draw ((Kind) _i, &whole);
            g_autofree char *path = g_strdup_printf ("%s/%u.%s", folder, i, suffixes[s]);
            ck_assert (fovea_figure_save (figure, path, 100, "{\"a\":1}", NULL));
            g_autofree char *query = fovea_figure_read_provenance (path, NULL);
            ck_assert_str_eq (query, "{\"a\":1}");
            ck_assert (g_file_get_contents (path, &data[i], &lengths[i], NULL));
        }
        ck_assert_uint_eq (lengths[0], lengths[1]);
        ck_assert_mem_eq (data[0], data[1], lengths[0]);
        g_free (data[1]);
    }
    support_remove_dir (folder);
}
END_TEST

/* Filled discs of a figure: the marks of the token oracle, in the order drawn. */
static GArray *
find_discs (FoveaFigure *figure)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    GArray *discs = g_array_new (FALSE, FALSE, sizeof (FoveaItem));
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_DISC && items[i].fill >> 24 != 0)
            g_array_append_val (discs, items[i]);
    return discs;
}

START_TEST (marks_of_a_curve_stand_where_its_numbers_say)
{
    FoveaSparseOptions options = whole;
    options.methods = "oracle-token,streaming";
    g_autoptr (FoveaFigure) figure = must_draw (RECALL, &options);
    g_autoptr (FoveaTable) table = make_recall ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    const FoveaCurve *curve = fovea_curve_set_find (set, -1, -1, "oracle-token");
    g_autoptr (GArray) discs = find_discs (figure);
    ck_assert_uint_eq (discs->len, curve->n_points);
    const FoveaItem *first = &g_array_index (discs, FoveaItem, 0);
    const FoveaItem *last = &g_array_index (discs, FoveaItem, discs->len - 1);
    const FoveaCurvePoint *p = curve->points, *end = p + curve->n_points - 1;
    for (guint i = 1; i + 1 < discs->len; i++) {
        const FoveaItem *disc = &g_array_index (discs, FoveaItem, i);
        double across = log (p[i].density / p->density) / log (end->density / p->density);
        double up = (p[i].recall - p->recall) / (end->recall - p->recall);
        ck_assert_double_eq_tol (disc->x, first->x + across * (last->x - first->x), 1e-6);
        ck_assert_double_eq_tol (disc->y, first->y + up * (last->y - first->y), 1e-6);
    }
}
END_TEST

START_TEST (no_curve_of_the_figure_rises_above_the_bound)
{
    g_autoptr (FoveaTable) table = make_recall ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    guint n, n_points = 0;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *bound =
            fovea_curve_set_find (set, curves[i].layer, curves[i].head, "oracle-weight");
        for (guint p = 0; p < curves[i].n_points; p++) {
            double most = fovea_curve_get_recall (bound, curves[i].points[p].density);
            if (isnan (most))
                continue;
            n_points++;
            /* Between its own points the bound is a straight line, a little under the truth. */
            ck_assert_msg (curves[i].points[p].recall <= most + 0.006, "%s %s: %g, bound %g",
                           curves[i].name, curves[i].method, curves[i].points[p].recall, most);
        }
    }
    ck_assert_uint_gt (n_points, 200);
}
END_TEST

START_TEST (a_recall_figure_names_methods_heads_and_roles)
{
    g_autoptr (FoveaFigure) figure = must_draw (RECALL, &whole);
    static const char *const words[] = {
        "Token oracle",      "StreamingLLM",   "mean of 12 heads", "middle half",
        "causal pairs kept", "previous token", "induction",        "sink"};
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        ck_assert_msg (figure_has_text (figure, words[i]), "no \"%s\"", words[i]);
    FoveaSparseOptions one = whole;
    one.layer = 1;
    one.head = 3;
    g_autoptr (FoveaFigure) head = must_draw (RECALL, &one);
    ck_assert (figure_has_text (head, "head 1.3"));
    ck_assert (!figure_has_text (head, "middle half"));
}
END_TEST

/* The first line of text of a figure that holds that. */
static const FoveaItem *
find_line (FoveaFigure *figure, const char *part)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_TEXT && strstr (items[i].text, part) != NULL)
            return &items[i];
    ck_abort_msg ("no line \"%s\"", part);
    return NULL;
}

/* As drawn: 183 by 80 mm; one caption line; from the easy head to the hard one. */
/* The middle half of its layer need not hold a head's own curve, and nothing says what it would be. */
START_TEST (only_a_mean_of_heads_has_bands)
{
    FoveaSparseOptions options = whole;
    for (gint64 head = -1; head <= 0; head++) {
        guint n, n_bands = 0;
        options.layer = head < 0 ? -1 : 1;
        options.head = head;
        g_autoptr (FoveaFigure) figure = must_draw (RECALL, &options);
        const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
        for (guint i = 0; i < n; i++)
            n_bands += items[i].kind == FOVEA_ITEM_PATH && items[i].n_points > 20 &&
                       items[i].fill >> 24 != 0;
        ck_assert_uint_eq (n_bands, head < 0 ? 2 : 0);
        ck_assert_int_eq (figure_has_text (figure, "band, middle half"), head < 0);
    }
}
END_TEST

START_TEST (a_recall_figure_has_the_proportions_of_its_drawing)
{
    g_autoptr (FoveaTable) recall = make_recall ();
    g_autoptr (FoveaTrace) trace = make_trace ();
    g_autoptr (FoveaFigure) figure =
        fovea_figure_recall_new (fovea_trace_get_info (trace), recall, NULL, &whole, &plain, NULL);
    double height;
    fovea_figure_get_size (figure, NULL, &height);
    ck_assert_double_gt (height, 73);
    ck_assert_double_lt (height, 83);
    const char *const ranks[] = {"easiest", "easier third", "harder third", "hardest"};
    for (guint i = 0; i < G_N_ELEMENTS (ranks); i++) {
        const FoveaItem *line = find_line (figure, ranks[i]), *first = find_line (figure, ranks[0]);
        ck_assert (i < 2 ? line->y == first->y : line->y > first->y);
        ck_assert (i % 2 == 0 ? line->x < first->x + 60 : line->x > first->x + 60);
    }
}
END_TEST

START_TEST (the_bar_of_a_sinks_figure_stands_below_at_the_left)
{
    g_autoptr (FoveaFigure) figure = must_draw (SINKS, &whole);
    const FoveaItem *name = find_line (figure, "L0"), *bar = find_line (figure, "Share, log:");
    ck_assert_double_gt (bar->y, name->y);
    ck_assert_double_lt (bar->x, name->x + 60);
}
END_TEST

START_TEST (one_line_says_what_a_mask_figure_shows)
{
    FoveaSparseOptions one = whole;
    one.layer = 1;
    one.head = 3;
    g_autoptr (FoveaFigure) figure = must_draw (MASK, &one);
    ck_assert_ptr_nonnull (strstr (find_line (figure, "96 tokens.")->text, "keys right."));
}
END_TEST

/* As a store from anywhere may hold it: every score is a text. No head tells a role by such. */
START_TEST (scores_that_are_no_numbers_name_no_role)
{
    g_autoptr (FoveaTable) table = figure_heads (L, H), texts = fovea_table_new ("heads");
    g_autoptr (FoveaTable) recall = make_recall ();
    g_autoptr (FoveaTrace) trace = make_trace ();
    for (guint c = 0; c < fovea_table_get_n_columns (table); c++) {
        FoveaColumnKind kind;
        const char *name = fovea_table_get_column (table, c, &kind, NULL, NULL);
        fovea_table_add_column (texts, name, kind == FOVEA_COLUMN_NUMBER ? FOVEA_COLUMN_TEXT : kind,
                                "", "");
    }
    for (guint row = 0; row < L * H; row++) {
        fovea_table_add_row (texts);
        fovea_table_set_integer (texts, row, 0, row / H);
        fovea_table_set_integer (texts, row, 1, row % H);
        fovea_table_set_text (texts, row, 3, fovea_table_get_text (table, row, 3));
    }
    g_autoptr (FoveaFigure) figure =
        fovea_figure_recall_new (fovea_trace_get_info (trace), recall, texts, &whole, &plain, NULL);
    ck_assert (figure_has_text (figure, "mean of 12 heads"));
    ck_assert (!figure_has_text (figure, "induction"));
}
END_TEST

START_TEST (a_recall_figure_of_named_heads_is_of_them_alone)
{
    FoveaSparseOptions some = whole;
    some.heads = "0.1,0.4,1.0,1.3";
    g_autoptr (FoveaFigure) figure = must_draw (RECALL, &some);
    static const char *const there[] = {"mean of 4 heads", "Heads 0.1, 0.4, 1.0, 1.3.",
                                        "middle half", "Token oracle"};
    for (guint i = 0; i < G_N_ELEMENTS (there); i++)
        ck_assert_msg (figure_has_text (figure, there[i]), "no \"%s\"", there[i]);
    /* The small panels are of the same heads. */
    g_auto (GStrv) named = g_strsplit (some.heads, ",", -1);
    guint panels = 0;
    for (gint64 head = 0; head < L * H; head++) {
        g_autofree char *name = g_strdup_printf ("%d.%d", (int) (head / H), (int) (head % H));
        guint n;
        const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
        for (guint i = 0; i < n; i++)
            if (items[i].kind == FOVEA_ITEM_TEXT && items[i].style.bold &&
                strcmp (items[i].text, name) == 0) { /* ticks are numbers too */
                ck_assert_msg (g_strv_contains ((const char *const *) named, name), "%s", name);
                panels++;
            }
    }
    ck_assert_uint_eq (panels, 4);
}
END_TEST

START_TEST (a_table_of_chosen_heads_has_their_mean_and_their_rows)
{
    static const gint64 heads[][2] = {{0, 1}, {1, 3}};
    g_autoptr (FoveaTable) recall = make_recall ();
    g_autoptr (FoveaCurveSet) all = fovea_curve_set_new (recall);
    g_autoptr (FoveaTable) chosen = fovea_curve_chosen_new (all, recall, heads, 2, NULL);
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (chosen);
    const FoveaCurve *mean =
        fovea_curve_set_find (set, FOVEA_CURVE_CHOSEN, FOVEA_CURVE_CHOSEN, "streaming");
    ck_assert_ptr_nonnull (mean);
    ck_assert_ptr_null (fovea_curve_set_find (set, 1, 1, "streaming"));
    for (guint p = 0; p < mean->n_points; p++) {
        double sum = 0;
        for (guint h = 0; h < 2; h++) {
            const FoveaCurve *own =
                fovea_curve_set_find (all, heads[h][0], heads[h][1], "streaming");
            const FoveaCurve *copy =
                fovea_curve_set_find (set, heads[h][0], heads[h][1], "streaming");
            ck_assert (own->n_points == mean->n_points && copy->n_points == own->n_points);
            ck_assert_double_eq (copy->points[p].recall, own->points[p].recall);
            sum += own->points[p].recall;
        }
        ck_assert_double_eq_tol (mean->points[p].recall, sum / 2, 1e-12);
    }
}
END_TEST

/* Rectangles of a fill that are higher than a line of text: cells of a grid. */
static guint
count_cells (FoveaFigure *figure, guint32 fill)
{
    guint n, count = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++) {
        FoveaBox box = fovea_scene_get_box (&items[i]);
        count += items[i].kind == FOVEA_ITEM_PATH && items[i].n_points == 4 &&
                 items[i].fill == fill && box.y1 - box.y0 > 10;
    }
    return count;
}

START_TEST (every_head_has_the_colour_of_the_method_that_keeps_most)
{
    static const char *const ids[] = {"streaming", "vertical-slash", "xattention"};
    g_autoptr (FoveaTable) table = make_recall ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    guint won[G_N_ELEMENTS (ids)] = {0};
    for (gint64 head = 0; head < L * H; head++) {
        double best = -1;
        guint winner = 0;
        for (guint m = 0; m < G_N_ELEMENTS (ids); m++) {
            const FoveaCurve *curve = fovea_curve_set_find (set, head / H, head % H, ids[m]);
            double recall = fovea_curve_get_recall (curve, 0.4);
            if (recall > best) {
                best = recall;
                winner = m;
            }
        }
        won[winner]++;
    }
    FoveaSparseOptions options = whole;
    options.density = 0.4;
    g_autoptr (FoveaFigure) figure = must_draw (BUDGET, &options);
    FoveaMethodStyle styles[G_N_ELEMENTS (ids)];
    fovea_method_styles_assign (ids, G_N_ELEMENTS (ids), FOVEA_THEME_LIGHT, styles);
    for (guint m = 0; m < G_N_ELEMENTS (ids); m++)
        ck_assert_uint_eq (count_cells (figure, styles[m].color), won[m]);
    ck_assert (figure_has_text (figure, "heads won of 12"));
    ck_assert (!figure_has_text (figure, "Token oracle"));
}
END_TEST

START_TEST (a_sparsity_figure_colours_heads_by_the_density_they_need)
{
    FoveaSparseOptions options = whole;
    options.methods = "streaming";
    options.goal = 0.8;
    g_autoptr (FoveaFigure) figure = must_draw (SPARSITY, &options);
    g_autoptr (FoveaTable) table = make_recall ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    const FoveaItem *grid = figure_find_image (figure, 0);
    ck_assert_uint_eq (grid->image->width, H);
    ck_assert_uint_eq (grid->image->height, L);
    const FoveaRamp ramp = {FOVEA_RAMP_LINEAR, 0, 1};
    for (gint64 l = 0; l < L; l++)
        for (gint64 h = 0; h < H; h++) {
            double need =
                fovea_curve_get_density (fovea_curve_set_find (set, l, h, "streaming"), 0.8);
            ck_assert_int_eq (grid->image->pixels[l * H + h], fovea_ramp_get_index (&ramp, need));
        }
    ck_assert (figure_has_text (figure, "density for recall 0.8"));
    ck_assert (figure_has_text (figure, "StreamingLLM"));
}
END_TEST

/* A window of one key keeps the diagonal alone, whatever density is asked for. */
START_TEST (a_mask_figure_takes_knobs_as_they_are)
{
    FoveaSparseOptions options = whole;
    options.layer = 1;
    options.head = 2;
    options.density = 0.5;
    options.methods = "window:window=1,streaming:window=3:sinks=1,window";
    g_autoptr (FoveaFigure) figure = must_draw (MASK, &options);
    guint kept[3] = {0};
    for (guint panel = 0; panel < 3; panel++) {
        const FoveaItem *map = figure_find_image (figure, panel);
        for (guint i = 0; i < T * T; i++) {
            guint verdict = map->image->pixels[i];
            kept[panel] += verdict == FOVEA_VERDICT_KEPT || verdict == FOVEA_VERDICT_WASTED;
        }
    }
    ck_assert_uint_eq (kept[0], T);
    ck_assert_uint_eq (kept[1], T + (T - 1) + (T - 2) + (T - 3)); /* three diagonals and a column */
    ck_assert_double_eq_tol (kept[2] / (T * (T + 1) / 2.), 0.5, 0.05);
}
END_TEST

START_TEST (dots_of_a_mask_figure_are_the_verdicts)
{
    FoveaSparseOptions options = whole;
    options.layer = 1;
    options.head = 2;
    options.methods = "streaming,oracle-token";
    g_autoptr (FoveaFigure) figure = must_draw (MASK, &options);
    const guint32 colors[] = {0xFFFFFFFF, 0xFF0B6E8F, 0xFFCD451C, 0xFFC9C5D8};
    for (guint panel = 0; panel < 2; panel++) {
        const FoveaItem *map = figure_find_image (figure, panel);
        guint counts[FOVEA_N_VERDICTS] = {0};
        ck_assert_uint_eq (map->image->width, T);
        for (guint i = 0; i < T * T; i++)
            counts[map->image->pixels[i]]++;
        for (guint v = 0; v < G_N_ELEMENTS (colors); v++)
            ck_assert_uint_eq (map->image->palette[v], colors[v]);
        ck_assert_uint_eq (map->image->palette[FOVEA_VERDICT_FUTURE] >> 24, 0);
        ck_assert_uint_eq (counts[FOVEA_VERDICT_FUTURE], T * (T - 1) / 2);
        ck_assert_uint_gt (counts[FOVEA_VERDICT_KEPT], 0);
        ck_assert_uint_gt (counts[FOVEA_VERDICT_MISSED], 0);
        /* What the token oracle keeps it keeps for its weight: it wastes least. */
        if (panel == 1)
            ck_assert_uint_lt (counts[FOVEA_VERDICT_WASTED], T);
    }
    ck_assert (figure_has_text (figure, "keeps 30 % of causal pairs"));
    ck_assert (figure_has_text (figure, "attention mass"));
    ck_assert (figure_has_text (figure, "Head 1.2"));
}
END_TEST

START_TEST (strips_of_a_sinks_figure_hold_the_column_mass)
{
    FoveaSparseOptions options = whole;
    options.layer = 1;
    g_autoptr (FoveaFigure) figure = must_draw (SINKS, &options);
    g_autoptr (FoveaTrace) trace = make_trace ();
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 1, NULL);
    const FoveaItem *strips = figure_find_image (figure, 0);
    const FoveaRamp ramp = {FOVEA_RAMP_LOG, fovea_color_map_floor (T), 1};
    ck_assert_uint_eq (strips->image->width, T);
    ck_assert_uint_eq (strips->image->height, H);
    for (guint h = 0; h < H; h++) {
        float mass[T];
        ck_assert (fovea_attention_read_column_mass (attention, h, mass, NULL));
        for (guint j = 0; j < T; j++)
            ck_assert_int_eq (strips->image->pixels[h * T + j],
                              fovea_ramp_get_index (&ramp, (double) mass[j] / T));
    }
    ck_assert (figure_has_text (figure, "layer 1"));
}
END_TEST

/* What cannot be drawn, and words of the message. */
static const struct {
    Kind kind;
    FoveaSparseOptions options;
    const char *part;
} wrong[] = {
    {RECALL, {"oracle-token,quest", 0, 0, -1, -1}, "no curve of 'quest'"},
    {RECALL, {NULL, 0, 0, 1, 17}, "none of the usual methods"},
    {RECALL,
     {"oracle-token,streaming,vertical-slash,xattention,oracle-token,streaming,vertical-slash,"
      "xattention,streaming",
      0, 0, -1, -1},
     "more than 8"},
    {RECALL, {NULL, 0, 0, -1, -1, "0.1,9.0"}, "no curves of head 9.0"},
    {RECALL, {NULL, 0, 0, -1, -1, "0.1,x"}, "'x' is no head"},
    {RECALL, {"quest", 0, 0, -1, -1, "0.1,1.0"}, "'quest' was not measured"},
    {SPARSITY, {"quest", 0, 0, -1, -1}, "no curves of heads by quest"},
    {BUDGET, {"quest", 0, 0, -1, -1}, "no curve of a head"},
    {BUDGET, {NULL, 0, 1e-4, -1, -1}, "reaches density 0.0001"},
    {MASK, {"streaming,window,a-shape,power", 0, 0, 0, 0}, "4 methods"},
    {MASK, {NULL, 0, 0, 0, 0, .q1 = 97}, "queries 0:97 and keys 0:96 are not a part of 0:96"},
    {MASK, {NULL, 0, 0, 0, 0, .q1 = 9, .k0 = 9}, "no query of 0:9 may see a key of 9:96"},
    {MASK, {"streming", 0, 0, 0, 0}, "streming"},
    {MASK, {"window:sinks=3", 0, 0, 0, 0}, "window:sinks=3, expected KNOB=VALUE of a knob"},
    {MASK, {"window:window=x", 0, 0, 0, 0}, "window:window=x"},
    {MASK, {"window:window=0", 0, 0, 0, 0}, "window"},
    {MASK, {NULL, 0, 0, 0, 9}, "head 9"},
    {SINKS, {NULL, 0, 0, 5, -1}, "layer 5"},
    {SINKS, {NULL, 0, 0, 0, 6}, "head 6"},
};

START_TEST (what_cannot_be_drawn_is_named)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigure) figure = draw (wrong[_i].kind, &wrong[_i].options, &plain, &error);
    ck_assert_ptr_null (figure);
    ck_assert_msg (strstr (error->message, wrong[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_cancelled_figure_stops)
{
    g_autoptr (FoveaTrace) trace = make_trace ();
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_cancellable_cancel (cancellable);
    ck_assert_ptr_null (fovea_figure_mask_new (trace, &whole, &plain, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_figure_sinks_new (trace, &whole, &plain, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse figures");
    TCase *kinds = tcase_create ("kinds");
    tcase_set_timeout (kinds, 120);
    tcase_add_loop_test (kinds, labels_of_every_kind_never_touch_and_the_width_is_exact, 0,
                         N_KINDS);
    tcase_add_test (kinds, a_mask_of_one_method_takes_one_column);
    tcase_add_loop_test (kinds, every_kind_fits_one_column_too, 0, N_KINDS);
    tcase_add_loop_test (kinds, every_kind_is_the_same_bytes_twice_and_carries_its_query, 0,
                         N_KINDS);
    tcase_add_test (kinds, marks_of_a_curve_stand_where_its_numbers_say);
    tcase_add_test (kinds, no_curve_of_the_figure_rises_above_the_bound);
    tcase_add_test (kinds, a_recall_figure_names_methods_heads_and_roles);
    tcase_add_test (kinds, only_a_mean_of_heads_has_bands);
    tcase_add_test (kinds, a_recall_figure_has_the_proportions_of_its_drawing);
    tcase_add_test (kinds, the_bar_of_a_sinks_figure_stands_below_at_the_left);
    tcase_add_test (kinds, one_line_says_what_a_mask_figure_shows);
    tcase_add_test (kinds, scores_that_are_no_numbers_name_no_role);
    tcase_add_test (kinds, a_recall_figure_of_named_heads_is_of_them_alone);
    tcase_add_test (kinds, a_table_of_chosen_heads_has_their_mean_and_their_rows);
    tcase_add_test (kinds, every_head_has_the_colour_of_the_method_that_keeps_most);
    tcase_add_test (kinds, a_sparsity_figure_colours_heads_by_the_density_they_need);
    tcase_add_test (kinds, a_mask_figure_takes_knobs_as_they_are);
    tcase_add_test (kinds, dots_of_a_mask_figure_are_the_verdicts);
    tcase_add_test (kinds, strips_of_a_sinks_figure_hold_the_column_mass);
    tcase_add_loop_test (kinds, what_cannot_be_drawn_is_named, 0, G_N_ELEMENTS (wrong));
    tcase_add_test (kinds, a_cancelled_figure_stops);
    suite_add_tcase (suite, kinds);
    return support_run (suite);
}
