/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Panel a, one object large; panel b, four of its heads, chosen to differ: the strongest of three
 * roles and the one that is hardest to prune, or, without a head table, four ranks of how much the
 * token oracle needs. Bands are quartiles of the heads at equal density, read off their curves. */
#include "ui/figures/figure-sparse.h"

#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "analysis/heads.h"
#include "ui/figures/curve-plot.h"
#include "ui/figures/figure-private.h"

enum {
    MAX_CURVES = 8,
    MAX_BANDS = 2,
    N_BAND = 41, /* densities of a band */
    N_TELLING = 4,
    MAX_NAMED = 12, /* heads that a caption lists */
};

#define BOUND_METHOD "oracle-weight" /* no mask of as many pairs keeps more */
#define MAIN_WIDTH   1.1             /* of lines, points */
#define SMALL_WIDTH  0.9
#define TALL         0.75 /* height of panel a, of its width ... */
#define HIGHEST      30.2 /* ... up to so many letters */
#define LOWEST       14.0 /* letters, which a page of a set height leaves it at least ... */
#define SQUAREST     1.25 /* ... and this at most, of its width */

/* Shown unless methods are named: the bounds, and one of each kind. */
static const char *const usual[] = {"oracle-block", "streaming", "vertical-slash", "xattention",
                                    "flexprefill"};

typedef struct {
    double density[N_BAND], low[N_BAND], high[N_BAND];
    guint n;
} Band;

typedef struct {
    FoveaCurveSet *set;
    FoveaTable *heads;
    const char *chosen; /* heads that were named, NULL = an object of the table */
    const char *ids[MAX_CURVES];
    FoveaMethodStyle styles[MAX_CURVES];
    guint n;
    gint64 layer, head; /* the object */
    gint64 n_heads;     /* heads with curves in it */
    double low;         /* left end of the axes */
    FoveaFigureMeasures measures;
    FoveaScene *scene;
    const FoveaTraceInfo *info;
    FoveaTable *recall;
} RecallLayout;

/* Points of a curve as a plot wants them, the dense end included. */
typedef struct {
    double *density, *share;
    guint n;
} Line;

static void
clear_line (Line *line)
{
    g_free (line->density);
    g_free (line->share);
}

static Line
make_line (const FoveaCurve *curve)
{
    Line line = {g_new (double, curve->n_points + 1), g_new (double, curve->n_points + 1),
                 curve->n_points};
    for (guint i = 0; i < curve->n_points; i++) {
        line.density[i] = curve->points[i].density;
        line.share[i] = curve->points[i].recall;
    }
    return line;
}

static gboolean
is_head_of (const RecallLayout *layout, const FoveaCurve *curve)
{
    return curve->head >= 0 && (layout->layer < 0 || curve->layer == layout->layer);
}

/* The object asked for, or the widest there is: the table's first. */
static void
choose_object (RecallLayout *layout, const FoveaSparseOptions *options)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    layout->layer = options->layer;
    layout->head = options->head;
    if (layout->chosen != NULL) {
        layout->layer = layout->head = FOVEA_CURVE_CHOSEN;
        return;
    }
    if (options->layer < 0 && n > 0) {
        layout->layer = curves[0].layer;
        layout->head = curves[0].head;
    }
}

static gboolean
add_method (RecallLayout *layout, const char *id, gboolean needed, GError **error)
{
    if (layout->n == MAX_CURVES) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "recall figure: more than %d methods, which one picture cannot tell apart",
                     MAX_CURVES);
        return FALSE;
    }
    if (fovea_curve_set_find (layout->set, layout->layer, layout->head, id) != NULL) {
        layout->ids[layout->n++] = id;
        return TRUE;
    }
    if (!needed)
        return TRUE;
    if (layout->chosen != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "recall figure: '%s' was not measured at the same points on each of %s", id,
                     layout->chosen);
        return FALSE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "recall figure: the table has no curve of '%s' for layer %" G_GINT64_FORMAT
                 ", head %" G_GINT64_FORMAT " (-1 = all)",
                 id, layout->layer, layout->head);
    return FALSE;
}

static gboolean
choose_methods (RecallLayout *layout, char **named, GError **error)
{
    for (guint i = 0; named != NULL && named[i] != NULL; i++)
        if (!add_method (layout, named[i], TRUE, error))
            return FALSE;
    if (named == NULL)
        add_method (layout, BOUND_METHOD, FALSE, NULL);
    if (named == NULL && layout->n == 0)
        add_method (layout, "oracle-token", FALSE, NULL);
    for (guint i = 0; named == NULL && i < G_N_ELEMENTS (usual); i++)
        add_method (layout, usual[i], FALSE, NULL);
    fovea_method_styles_assign (layout->ids, layout->n, layout->measures.inks->theme,
                                layout->styles);
    if (layout->n > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "recall figure: the table has none of the usual methods; name some");
    return FALSE;
}

/* The axis begins below the sparsest point of any curve shown; heads count, whose points vary. */
static void
choose_axis (RecallLayout *layout)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    double least = 0.5;
    layout->n_heads = 0;
    for (guint m = 0; m < layout->n; m++) {
        const FoveaCurve *curve =
            fovea_curve_set_find (layout->set, layout->layer, layout->head, layout->ids[m]);
        least = MIN (least, curve->points[0].density);
    }
    for (guint i = 0; i < n; i++)
        if (is_head_of (layout, &curves[i]) && strcmp (curves[i].method, layout->ids[0]) == 0 &&
            !curves[i].selected)
            layout->n_heads++;
    layout->low = fovea_plot_get_low (MAX (least, 1e-4));
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* Quartiles, by the nearest rank, of the heads that reach down to each density. */
static Band
make_band (const RecallLayout *layout, const char *method, double from)
{
    Band band = {.n = 0};
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    g_autofree double *recalls = g_new (double, n + 1);
    for (guint i = 0; i < N_BAND; i++) {
        double density = exp (log (from) * (1 - (double) i / (N_BAND - 1)));
        guint m = 0;
        for (guint c = 0; c < n; c++) {
            if (!is_head_of (layout, &curves[c]) || curves[c].selected ||
                strcmp (curves[c].method, method) != 0)
                continue;
            recalls[m] = fovea_curve_get_recall (&curves[c], density);
            m += !isnan (recalls[m]);
        }
        /* Where heads are missing the quartiles would be those of others from point to point. */
        if (m < 4 || 10 * (gint64) m < 9 * layout->n_heads)
            continue;
        qsort (recalls, m, sizeof *recalls, compare_doubles);
        band.density[band.n] = density;
        band.low[band.n] = recalls[(m - 1) / 4];
        band.high[band.n++] = recalls[m - 1 - (m - 1) / 4];
    }
    return band;
}

/* Of the heads that a mean is of; a head has none, since that of its layer need not hold its curve. */
static gboolean
has_bands (const RecallLayout *layout)
{
    return layout->head < 0 && layout->n_heads >= 4;
}

static const char *
get_label (const char *id)
{
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, NULL);
    return method != NULL ? method->name : id;
}

/* Curves of one object into a panel; bands and labels for the large one. */
static void
add_panel (
    RecallLayout *layout, const FoveaPlotPanel *panel, gint64 layer, gint64 head, gboolean large)
{
    FoveaPlotCurve curves[MAX_CURVES] = {0};
    Line lines[MAX_CURVES];
    Band bands[MAX_BANDS];
    guint n = 0, n_bands = 0;
    for (guint m = 0; m < layout->n; m++) {
        const FoveaCurve *curve = fovea_curve_set_find (layout->set, layer, head, layout->ids[m]);
        if (curve == NULL)
            continue;
        lines[n] = make_line (curve);
        curves[n] = (FoveaPlotCurve){.density = lines[n].density,
                                     .share = lines[n].share,
                                     .n = lines[n].n,
                                     .label = large ? get_label (layout->ids[m]) : NULL,
                                     .style = layout->styles[m]};
        gboolean oracle = g_str_has_prefix (layout->ids[m], "oracle");
        gboolean wants_band = m == 0 || (!oracle && n_bands == 1);
        if (large && wants_band && n_bands < MAX_BANDS && has_bands (layout)) {
            Band *band = &bands[n_bands++];
            *band = make_band (layout, layout->ids[m], curve->points[0].density);
            curves[n].band_density = band->density;
            curves[n].band_low = band->low;
            curves[n].band_high = band->high;
            curves[n].n_band = band->n;
        }
        n++;
    }
    fovea_plot_add (layout->scene, panel, curves, n);
    for (guint i = 0; i < n; i++)
        clear_line (&lines[i]);
}

/* One of the small panels. */
typedef struct {
    gint64 layer, head;
    char name[32];
    const char *note;
} Telling;

/* How much the first method needs for a recall of 0.9, by head. */
typedef struct {
    const FoveaCurve *curve;
    double need;
} Need;

static int
compare_needs (gconstpointer a, gconstpointer b)
{
    const Need *x = a, *y = b;
    if (x->need != y->need)
        return x->need < y->need ? -1 : 1;
    return x->curve < y->curve ? -1 : x->curve > y->curve;
}

static GArray *
rank_needs (const RecallLayout *layout)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    GArray *needs = g_array_new (FALSE, FALSE, sizeof (Need));
    for (guint i = 0; i < n; i++) {
        Need need = {&curves[i], fovea_curve_get_density (&curves[i], 0.9)};
        if (is_head_of (layout, &curves[i]) && !curves[i].selected && !isnan (need.need) &&
            strcmp (curves[i].method, layout->ids[0]) == 0)
            g_array_append_val (needs, need);
    }
    g_array_sort (needs, compare_needs);
    return needs;
}

static void
set_telling (Telling *telling, gint64 layer, gint64 head, const char *note)
{
    telling->layer = layer;
    telling->head = head;
    telling->note = note;
    g_snprintf (telling->name, sizeof telling->name, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                layer, head);
}

/* The strongest head of a role that has curves here; FALSE if there is none. */
static gboolean
find_role (const RecallLayout *layout, const char *role, Telling *telling)
{
    int layer = fovea_table_find_kind (layout->heads, "layer", FOVEA_COLUMN_INTEGER);
    int head = fovea_table_find_kind (layout->heads, "head", FOVEA_COLUMN_INTEGER);
    int column = fovea_table_find_kind (layout->heads, "role", FOVEA_COLUMN_TEXT);
    double best = -INFINITY;
    for (guint row = 0;
         layer >= 0 && head >= 0 && column >= 0 && row < fovea_table_get_n_rows (layout->heads);
         row++) {
        gint64 l = fovea_table_get_integer (layout->heads, row, (guint) layer);
        gint64 h = fovea_table_get_integer (layout->heads, row, (guint) head);
        const char *evidence = fovea_heads_get_evidence (layout->heads, row, role);
        int score = evidence != NULL
                        ? fovea_table_find_kind (layout->heads, evidence, FOVEA_COLUMN_NUMBER)
                        : -1;
        double value =
            score >= 0 ? fovea_table_get_number (layout->heads, row, (guint) score) : -INFINITY;
        if (strcmp (fovea_table_get_text (layout->heads, row, (guint) column), role) != 0 ||
            !(value > best) || (layout->layer >= 0 && l != layout->layer) ||
            fovea_curve_set_find (layout->set, l, h, layout->ids[0]) == NULL)
            continue;
        best = value;
        set_telling (telling, l, h, role);
    }
    return isfinite (best);
}

static gboolean
is_taken (const Telling *telling, guint n, gint64 layer, gint64 head)
{
    for (guint i = 0; i < n; i++)
        if (telling[i].layer == layer && telling[i].head == head)
            return TRUE;
    return FALSE;
}

/* Heads for panel b; gives how many. */
static guint
choose_telling (const RecallLayout *layout, Telling *telling)
{
    static const char *const roles[] = {"previous token", "sink", "induction"};
    static const char *const ranks[] = {"easiest", "easier third", "harder third", "hardest"};
    g_autoptr (GArray) needs = rank_needs (layout);
    guint n = 0, n_roles;
    for (guint i = 0; layout->heads != NULL && i < G_N_ELEMENTS (roles); i++)
        n += find_role (layout, roles[i], &telling[n]);
    n_roles = n;
    for (guint r = N_TELLING; r-- > 0 && needs->len > 0;) {
        guint rank = (needs->len - 1) * r / (N_TELLING - 1);
        const FoveaCurve *curve = g_array_index (needs, Need, rank).curve;
        if (n < N_TELLING && !is_taken (telling, n, curve->layer, curve->head))
            set_telling (&telling[n++], curve->layer, curve->head, ranks[r]);
    }
    for (guint i = n_roles, j = n; i + 1 < j;
         i++) { /* chosen from the hard end, shown from the easy */
        Telling last = telling[--j];
        telling[j] = telling[i];
        telling[i] = last;
    }
    return n;
}

/* Two by two small panels right of @left. */
static void
add_small_panels (RecallLayout *layout, double left, double top, double bottom)
{
    Telling telling[N_TELLING];
    guint n = choose_telling (layout, telling);
    double text = layout->measures.text, gap_x = 2.6 * text, gap_y = 3.8 * text;
    double numbers = fovea_text_width ("0.5", text, FALSE) + 5.5;
    double half = fovea_text_width ("100", text, FALSE) / 2;
    double width = (layout->measures.width - left - numbers - gap_x - half) / 2;
    double height = (bottom - top - gap_y) / 2;
    for (guint i = 0; i < n; i++) {
        guint column = i % 2, line = i / 2;
        gboolean lowest = line == 1 || i + 2 >= n;
        FoveaPlotPanel panel = {.x = left + numbers + column * (width + gap_x),
                                .y = top + line * (height + gap_y),
                                .width = width,
                                .height = height,
                                .text = text,
                                .low = layout->low,
                                .line_width = SMALL_WIDTH,
                                .numbers_left = column == 0,
                                .numbers_below = lowest,
                                .below = lowest ? "causal pairs kept, %" : NULL};
        FoveaTextStyle name = {text, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
        FoveaTextStyle note = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START,
                               FALSE};
        fovea_scene_add_text (layout->scene, panel.x, panel.y - 0.9 * text, telling[i].name, &name);
        fovea_scene_add_text (layout->scene,
                              panel.x + fovea_text_width (telling[i].name, text, TRUE) + text,
                              panel.y - 0.9 * text, telling[i].note, &note);
        add_panel (layout, &panel, telling[i].layer, telling[i].head, FALSE);
    }
}

static char *
describe_object (const RecallLayout *layout)
{
    const char *band = has_bands (layout) ? "; band, middle half" : "";
    if (layout->head >= 0)
        return g_strdup_printf ("Mass kept by head %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                layout->layer, layout->head);
    return g_strdup_printf ("Mass kept, mean of %" G_GINT64_FORMAT " heads%s", layout->n_heads,
                            band);
}

/* "Heads 5.7, 5.10. "; a long list would be the caption, and is in the file's own request. */
static char *
name_chosen (const RecallLayout *layout)
{
    if (layout->chosen == NULL || layout->n_heads > MAX_NAMED)
        return g_strdup ("");
    g_auto (GStrv) words = g_strsplit (layout->chosen, ",", -1);
    g_autofree char *list = g_strjoinv (", ", words);
    return g_strdup_printf (layout->n_heads == 1 ? "Head %s. " : "Heads %s. ", list);
}

static void
add_caption (RecallLayout *layout, double y)
{
    FoveaTable *recall = layout->recall;
    gboolean bounded = strcmp (layout->ids[0], BOUND_METHOD) == 0;
    const char *bound = bounded
                            ? "Oracles choose with the true weights; none of as many pairs keeps "
                              "more than the oracle by weight."
                            : "Oracles choose with the true weights.";
    int column = fovea_table_find_kind (recall, "n_sequences", FOVEA_COLUMN_INTEGER);
    gint64 n = column >= 0 && fovea_table_get_n_rows (recall) > 0
                   ? fovea_table_get_integer (recall, 0, (guint) column)
                   : 1;
    g_autofree char *sequences =
        n > 1 ? g_strdup_printf ("Mean of %" G_GINT64_FORMAT " sequences. ", n) : g_strdup ("");
    g_autofree char *which = name_chosen (layout);
    g_autofree char *rest = g_strconcat (which, sequences, bound, NULL);
    if (layout->info == NULL)
        return;
    g_autofree char *words = fovea_figure_caption (layout->info, rest);
    fovea_figure_add_caption (layout->scene, &layout->measures, y, words);
}

static void
clear_layout (RecallLayout *layout)
{
    fovea_curve_set_free (layout->set);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RecallLayout, clear_layout)

/* Everything below the choice of curves: a FoveaFigureLayOut. */
static void
lay_out (FoveaScene *scene, double stretch, gpointer data)
{
    RecallLayout *layout = data;
    double text = layout->measures.text, width = layout->measures.width;
    gboolean two = layout->head < 0 && layout->n_heads >= 2 &&
                   width > 1.4 * FOVEA_FIGURE_SINGLE_MM * FOVEA_POINTS_PER_MM;
    double top = (layout->measures.letters ? 3.7 : 2.7) * text;
    double left = fovea_text_width ("0.8", text, FALSE) + 5.5;
    double half = fovea_text_width ("100", text, FALSE) / 2;
    double panel_width = (two ? 0.415 * width : width - half) - left;
    double height = MIN (TALL * panel_width, HIGHEST * text);
    height =
        CLAMP (height + stretch, MIN (LOWEST * text, height), MAX (SQUAREST * panel_width, height));
    layout->scene = scene;
    FoveaPlotPanel panel = {.x = left,
                            .y = top,
                            .width = panel_width,
                            .height = height,
                            .text = text,
                            .low = layout->low,
                            .line_width = MAIN_WIDTH,
                            .marks = TRUE,
                            .numbers_left = TRUE,
                            .numbers_below = TRUE,
                            .fine = TRUE,
                            .below = "causal pairs kept, %"};
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *whole = describe_object (layout);
    g_autofree char *title =
        fovea_text_shorten (whole, text, FALSE, (two ? 0.462 : 1) * width - left / 2);
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    fovea_scene_add_text (layout->scene, panel.x - left + left / 2, top - 1.3 * text, title, &ink);
    add_panel (layout, &panel, layout->layer, layout->head, TRUE);
    if (two) {
        FoveaTextStyle letter = {text * 8 / 7, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START,
                                 FALSE};
        double x = 0.462 * width;
        if (layout->measures.letters)
            fovea_scene_add_text (layout->scene, x, 0.78 * letter.size, "b", &letter);
        add_small_panels (layout, x + 0.6 * text, top, top + height);
    }
    add_caption (layout, top + height + 4.5 + 6 * text);
}

/* The table of a model that has the named heads only; the rest of the figure then asks as ever. */
static FoveaTable *
choose_heads (FoveaTable *recall, const char *names, GError **error)
{
    guint n;
    g_autofree gint64 (*heads)[2] = fovea_head_list_parse (names, &n, error);
    if (heads == NULL)
        return NULL;
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (recall);
    return fovea_curve_chosen_new (set, recall, (const gint64 (*)[2]) heads, n, error);
}

FoveaFigure *
fovea_figure_recall_new (const FoveaTraceInfo *info,
                         FoveaTable *recall,
                         FoveaTable *heads,
                         const FoveaSparseOptions *options,
                         const FoveaFigureStyle *style,
                         GError **error)
{
    g_autoptr (FoveaTable) chosen = NULL;
    if (options->heads != NULL) {
        if ((chosen = choose_heads (recall, options->heads, error)) == NULL)
            return NULL;
        recall = chosen;
    }
    g_auto (RecallLayout) layout = {.set = fovea_curve_set_new (recall),
                                    .heads = heads,
                                    .chosen = options->heads,
                                    .info = info,
                                    .recall = recall};
    g_auto (GStrv) named = options->methods != NULL ? g_strsplit (options->methods, ",", -1) : NULL;
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout.measures, error))
        return NULL;
    choose_object (&layout, options);
    if (!choose_methods (&layout, named, error))
        return NULL;
    choose_axis (&layout);
    FoveaScene *scene = fovea_figure_lay_out (&layout.measures, lay_out, &layout);
    return fovea_figure_finish (scene, &layout.measures, error,
                                "Recall of sparse attention over density");
}
