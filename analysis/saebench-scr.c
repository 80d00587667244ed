/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Spurious correlation removal. Roles are a pair of labels, so that the second direction is the first
 * with the pair turned. */
#include "analysis/saebench-scr.h"

#include <math.h>
#include <string.h>

#include "analysis/saebench-ablation.h"

typedef struct {
    const FoveaSae *sae;
    const FoveaScrSet *train, *test;
    gboolean turned;            /* what is kept is b */
    FoveaProbe *biased, *clean; /* for what is kept */
    FoveaProbe *other;          /* for what is taken away */
    double *differences;        /* (F) of what is taken away */
    double base, best;          /* accuracies of both probes */
} Direction;

static void
clear_direction (Direction *d)
{
    fovea_probe_free (d->biased);
    fovea_probe_free (d->clean);
    fovea_probe_free (d->other);
    g_free (d->differences);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Direction, clear_direction)

double
fovea_scr_score (double base, double clean, double ablated)
{
    double room = clean - base;
    return room < 0.001 ? 0 : (ablated - base) / room;
}

static const guint8 *
kept_of (const FoveaScrSet *set, gboolean turned)
{
    return turned ? set->unwanted : set->wanted;
}

static const guint8 *
other_of (const FoveaScrSet *set, gboolean turned)
{
    return turned ? set->wanted : set->unwanted;
}

/* Rows in which all four kinds of (a, b), or the two that go together, are equally frequent. */
static GArray *
pick_kinds (const FoveaScrSet *set, gboolean biased, GError **error)
{
    static const char *const names[] = {"neither", "b alone", "a alone", "both"};
    gint64 count[4] = {0}, taken[4] = {0}, least = G_MAXINT64;
    g_autoptr (GArray) at = g_array_new (FALSE, FALSE, sizeof (gint64));
    for (gint64 i = 0; i < set->rows->n; i++)
        count[2 * (set->wanted[i] != 0) + (set->unwanted[i] != 0)]++;
    for (int kind = 0; kind < 4; kind++) {
        if (count[kind] == 0) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "spurious correlation: no text has %s of the attributes a and b",
                         names[kind]);
            return NULL;
        }
        if (!biased || kind == 0 || kind == 3)
            least = MIN (least, count[kind]);
    }
    for (gint64 i = 0; i < set->rows->n; i++) {
        int kind = 2 * (set->wanted[i] != 0) + (set->unwanted[i] != 0);
        if ((!biased || kind == 0 || kind == 3) && taken[kind]++ < least)
            g_array_append_val (at, i);
    }
    return g_steal_pointer (&at);
}

/* Some rows of a set, with both attributes. */
typedef struct {
    FoveaBenchRows *rows;
    guint8 *wanted, *unwanted;
    FoveaScrSet set;
} Picked;

static void
clear_picked (Picked *p)
{
    fovea_bench_rows_free (p->rows);
    g_free (p->wanted);
    g_free (p->unwanted);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picked, clear_picked)

static gboolean
pick (const FoveaScrSet *set, gboolean biased, Picked *out, GError **error)
{
    g_autoptr (GArray) at = pick_kinds (set, biased, error);
    if (at == NULL)
        return FALSE;
    const gint64 *places = (const gint64 *) (void *) at->data;
    out->rows = fovea_bench_rows_pick (set->rows, places, at->len);
    out->wanted = g_new (guint8, at->len + 1);
    out->unwanted = g_new (guint8, at->len + 1);
    for (guint i = 0; i < at->len; i++) {
        out->wanted[i] = set->wanted[places[i]];
        out->unwanted[i] = set->unwanted[places[i]];
    }
    out->set = (FoveaScrSet){out->rows, out->wanted, out->unwanted};
    return TRUE;
}

static FoveaProbe *
train_on (const FoveaScrSet *set, const guint8 *labels, GError **error)
{
    const FoveaLinearRows rows = {set->rows->n, set->rows->d, set->rows->x, NULL};
    FoveaLinearOptions options;
    fovea_linear_options_init (&options);
    return fovea_linear_train (&rows, labels, &options, error);
}

static double
accuracy (const FoveaProbe *probe, const FoveaScrSet *set, const float *x, gboolean turned)
{
    return fovea_probe_measure (probe, set->rows->n, x, kept_of (set, turned), NULL);
}

/* Probes, and how good they are before anything is taken away. */
static gboolean
begin (Direction *d, GError **error)
{
    g_auto (Picked) biased = {NULL}, balanced = {NULL};
    if (!pick (d->train, TRUE, &biased, error) || !pick (d->train, FALSE, &balanced, error))
        return FALSE;
    d->biased = train_on (&biased.set, kept_of (&biased.set, d->turned), error);
    if (d->biased == NULL)
        return FALSE;
    d->clean = train_on (&balanced.set, kept_of (&balanced.set, d->turned), error);
    d->other = d->clean != NULL
                   ? train_on (&balanced.set, other_of (&balanced.set, d->turned), error)
                   : NULL;
    if (d->other == NULL)
        return FALSE;
    d->differences = fovea_bench_differences (balanced.rows, other_of (&balanced.set, d->turned));
    d->base = accuracy (d->biased, d->test, d->test->rows->x, d->turned);
    d->best = accuracy (d->clean, d->test, d->test->rows->x, d->turned);
    return TRUE;
}

static gboolean
measure (const Direction *d, const gint64 *ns, guint n_ns, FoveaScr *results, GError **error)
{
    gint64 F = d->sae->d_sae;
    g_autofree double *effects = fovea_bench_effects (d->sae, d->differences, d->other, FALSE);
    g_autofree gint32 *order = fovea_bench_largest (effects, F, F);
    for (guint i = 0; i < n_ns; i++) {
        gint64 n = MIN (ns[i], F);
        g_autofree float *x = fovea_bench_ablate (d->sae, d->test->rows, order, n, error);
        if (x == NULL)
            return FALSE;
        FoveaScr *r = &results[i];
        *r = (FoveaScr){
            .n_latents = n, .base = d->base, .clean = d->best, .removes_wanted = d->turned};
        r->ablated = accuracy (d->biased, d->test, x, d->turned);
        r->score = fovea_scr_score (r->base, r->clean, r->ablated);
    }
    return TRUE;
}

gboolean
fovea_scr_measure (const FoveaSae *sae,
                   const FoveaScrSet *train,
                   const FoveaScrSet *test,
                   const gint64 *ns,
                   guint n_ns,
                   FoveaScr *results,
                   GError **error)
{
    g_auto (Picked) balanced = {NULL};
    if (!fovea_bench_check_sae (sae, error) || !pick (test, FALSE, &balanced, error))
        return FALSE;
    g_auto (Direction) plain = {.sae = sae, .train = train, .test = &balanced.set};
    g_auto (Direction) turned = {.sae = sae, .train = train, .test = &balanced.set, .turned = TRUE};
    return begin (&plain, error) && begin (&turned, error) &&
           measure (turned.base < plain.base ? &turned : &plain, ns, n_ns, results, error);
}
