/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scores and curves that take long wait for a choice, and what is chosen is made. Exit status 77 without a
 * display. */
#include <math.h>
#include <string.h>

#include "app/heads-job.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/long-store.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/mask-overlay.h"
#include "ui/sparse-numbers.h"

#define TOKENS 8192
#define FEW    256
#define HEADS  18 /* as many pairs as are worth a word */

#define FOR_EVER 86400 /* s: what is not to wait for a choice does not, however slow the machine */

static Bench *
patient_bench_new (double patience)
{
    Bench *bench = bench_new ();
    g_settings_set_double (fovea_preferences_get (), "patience", patience);
    return bench;
}

static Bench *
open_long (double patience)
{
    Bench *bench = patient_bench_new (patience);
    long_store_write (bench->path, TOKENS, HEADS, 1);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (bench->window->opened != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    return bench;
}

static void
close_long (Bench *bench)
{
    g_settings_reset (fovea_preferences_get (), "patience");
    bench_free (bench);
}

static struct {
    GMutex lock;
    GCond changed;
    char *path;
} held;

/* Scores of a store come to no head until it is held no more (NULL), hence whatever a test does meanwhile comes
 * before them on any machine. */
static void
hold (const char *path)
{
    g_mutex_lock (&held.lock);
    g_free (held.path);
    held.path = g_strdup (path);
    g_cond_broadcast (&held.changed);
    g_mutex_unlock (&held.lock);
}

/* The linker gives the first of these to whoever calls fovea_heads_job_run_store(), which is the second. */
FoveaTable *__wrap_fovea_heads_job_run_store (
    FoveaStore *, gint64, gint64, FoveaProgress, gpointer, GCancellable *, GError **);
FoveaTable *__real_fovea_heads_job_run_store (
    FoveaStore *, gint64, gint64, FoveaProgress, gpointer, GCancellable *, GError **);

FoveaTable *
__wrap_fovea_heads_job_run_store (FoveaStore *store,
                                  gint64 run,
                                  gint64 first_tokens,
                                  FoveaProgress progress,
                                  gpointer data,
                                  GCancellable *cancellable,
                                  GError **error)
{
    g_mutex_lock (&held.lock);
    while (g_strcmp0 (held.path, fovea_store_get_path (store)) == 0)
        g_cond_wait (&held.changed, &held.lock);
    g_mutex_unlock (&held.lock);
    return __real_fovea_heads_job_run_store (store, run, first_tokens, progress, data, cancellable,
                                             error);
}

/* Which cell is worth a first look would take a pass over a layer: eight seconds of 32,768 tokens. */
START_TEST (a_long_import_is_shown_before_its_weights_are_known)
{
    static const gint64 lengths[] = {2 * TOKENS, FEW};
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        Bench *bench = bench_new ();
        long_store_write (bench->path, lengths[i], 2, 1);
        fovea_window_open (bench->window, bench->path);
        RUN_UNTIL (bench->window->opened != NULL);
        gint64 query = bench->window->opened->place.query; /* past the end: not looked for */
        ck_assert_int_eq (query >= lengths[i], i == 0);
        ck_assert_int_lt (fovea_selection_get_place (bench->selection)->query, lengths[i]);
        bench_free (bench);
    }
}
END_TEST

/* Rather than offer what is refused. */
START_TEST (nothing_is_measured_on_a_model_of_two_texts)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "How sparse can attention be") != NULL);
    ((FoveaArchitecture *) info->architecture)->n_encoder_layers = 1;
    fovea_window_update_sparse (bench->window);
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window),
                          "Sparse methods are measured on models of one text") != NULL);
    ck_assert_ptr_null (find_text (GTK_WIDGET (bench->window), "How sparse"));
    bench_free (bench);
}
END_TEST

START_TEST (the_key_for_arcs_says_that_a_text_is_too_long)
{
    Bench *bench = bench_new ();
    long_store_write (bench->path, 1200, 2, 1);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (bench->window->opened != NULL);
    RUN_UNTIL (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "arcs") &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "arcs", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "Arcs are for texts of at most 96 tokens; this one has 1,200.");
    bench_free (bench);
}
END_TEST

static void
choose (FoveaOfferBar *bar, const char *label)
{
    GtkWidget *button = find_labelled (GTK_WIDGET (bar), GTK_TYPE_BUTTON, label);
    ck_assert_msg (button != NULL, "no choice %s", label);
    ck_assert (gtk_widget_is_sensitive (button));
    ck_assert (gtk_widget_activate (button));
}

/* With a time that nobody knows. */
static void
choose_prefixed (FoveaOfferBar *bar, const char *prefix)
{
    GtkWidget *button = gtk_widget_get_first_child (gtk_widget_get_last_child (GTK_WIDGET (bar)));
    while (button != NULL && !g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (button)), prefix))
        button = gtk_widget_get_next_sibling (button);
    ck_assert_msg (button != NULL, "no choice %s", prefix);
    RUN_UNTIL (gtk_widget_is_sensitive (button));
    ck_assert (gtk_widget_activate (button));
}

static gboolean
says (FoveaOfferBar *bar, const char *words)
{
    const char *text = fovea_offer_bar_get_text (bar);
    return text != NULL && strstr (text, words) != NULL;
}

/* A press acts a quarter of a second later, and what is read or foretold meanwhile does not take it away. */
static void
press (Bench *bench, FoveaOfferBar *bar, GtkWidget *button)
{
    ck_assert (gtk_widget_is_sensitive (button));
    ck_assert (gtk_widget_activate (button));
    fovea_window_score_heads (bench->window);
    ck_assert (gtk_widget_get_mapped (button));
}

static const char *
get_cut (Bench *bench)
{
    FoveaTable *heads = fovea_selection_get_heads (bench->selection);
    return heads != NULL ? fovea_table_get_note (heads, "first_tokens") : NULL;
}

START_TEST (scores_that_take_long_wait_for_a_choice)
{
    Bench *bench = open_long (0.0005);
    FoveaOfferBar *bar = fovea_heads_page_get_offer (bench->window->heads);
    RUN_UNTIL (fovea_offer_bar_get_text (bar) != NULL);
    ck_assert_ptr_null (fovea_selection_get_heads (bench->selection));
    ck_assert_msg (strstr (fovea_offer_bar_get_text (bar), "18 heads on 8,192 tokens") != NULL,
                   "%s", fovea_offer_bar_get_text (bar));
    GtkWidget *buttons = gtk_widget_get_last_child (GTK_WIDGET (bar));
    GtkWidget *last = gtk_widget_get_last_child (buttons);
    ck_assert (g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (last)), "All tokens, "));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window),
                          "Scores wait for a choice above the heads.") != NULL);
    press (bench, bar, last);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    ck_assert_ptr_null (get_cut (bench));
    ck_assert_ptr_null (fovea_offer_bar_get_text (bar));
    close_long (bench);
}
END_TEST

static gboolean
is_waiting_for (Bench *bench, const char *words)
{
    return fovea_selection_get_heads (bench->selection) == NULL &&
           find_text (GTK_WIDGET (bench->window), words) != NULL;
}

/* One job at a time; what it leaves out is done after it, and said meanwhile. */
START_TEST (a_text_that_is_opened_during_a_job_is_scored_after_it)
{
    Bench *bench = patient_bench_new (FOR_EVER);
    long_store_write (bench->path, FEW, HEADS, 1);
    ck_assert_ptr_nonnull (fovea_window_start_job (bench->window, "Something else"));
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_waiting_for (bench, "Heads are scored when the job under way has ended."));
    fovea_window_end_job (bench->window, NULL, "Done");
    ck_assert (fovea_window_is_busy (bench->window));
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    close_long (bench);
}
END_TEST

/* A text whose scores are on their way, and stay there while it is held. */
static Bench *
open_held (guint n_texts)
{
    Bench *bench = patient_bench_new (FOR_EVER);
    long_store_write (bench->path, FEW, HEADS, n_texts);
    hold (bench->path);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_waiting_for (bench, "Heads are being scored."));
    return bench;
}

/* Whatever the window does by itself gives way to whoever wants something else, and is made good. */
START_TEST (scores_that_nobody_asked_for_give_way)
{
    Bench *bench = open_held (1);
    ck_assert (!fovea_window_is_occupied (bench->window));
    ck_assert (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "measure"));
    GCancellable *scoring = g_object_ref (bench->window->job);
    GCancellable *asked = fovea_window_start_job (bench->window, "Something else");
    ck_assert_ptr_nonnull (asked);
    ck_assert (g_cancellable_is_cancelled (scoring));
    hold (NULL);
    RUN_UNTIL (G_OBJECT (scoring)->ref_count == 1); /* its end has come */
    ck_assert_ptr_eq (bench->window->job, asked);
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Something else");
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert_ptr_null (fovea_window_start_job (bench->window, "A third"));
    ck_assert_str_eq (fovea_window_get_failure (bench->window),
                      "A job is running already; cancel it first (Ctrl+.).");
    fovea_window_end_job (bench->window, NULL, "Done");
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    g_object_unref (scoring);
    close_long (bench);
}
END_TEST

/* Scores are of a run, hence of the text that is looked at by then, too. */
START_TEST (another_text_of_the_run_has_the_scores_when_they_come)
{
    Bench *bench = open_held (2);
    gint64 first = bench->window->opened->sequence;
    GCancellable *scoring = bench->window->job;
    activate (bench, "next-sequence", NULL);
    RUN_UNTIL (bench->window->opened->sequence != first);
    ck_assert_ptr_null (fovea_selection_get_heads (bench->selection));
    ck_assert_ptr_eq (bench->window->job, scoring);
    hold (NULL);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    ck_assert_int_ne (bench->window->opened->sequence, first);
    close_long (bench);
}
END_TEST

/* What is looked at is scored first. */
START_TEST (another_store_is_scored_before_the_one_that_was_left)
{
    Bench *bench = open_held (1);
    g_autofree char *other = g_strconcat (bench->path, "-other.fovea", NULL);
    long_store_write (other, FEW, HEADS, 1);
    g_autoptr (GCancellable) scoring = g_object_ref (bench->window->job);
    fovea_window_open (bench->window, other);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    ck_assert_str_eq (bench->window->opened->path, other);
    ck_assert (g_cancellable_is_cancelled (scoring));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (g_str_equal (bench->window->opened->path, bench->path) &&
               is_waiting_for (bench, "Heads are being scored."));
    hold (NULL);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    close_long (bench);
}
END_TEST

/* Nobody asked for scores of what is closed. */
START_TEST (a_store_that_is_being_scored_can_be_closed)
{
    Bench *bench = open_held (1);
    activate (bench, "close-store", NULL);
    ck_assert_ptr_null (bench->window->job);
    hold (NULL);
    RUN_UNTIL (bench->window->opened == NULL && !fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert_msg (g_str_has_prefix (fovea_window_get_status (bench->window), "Closed "), "%s",
                   fovea_window_get_status (bench->window));
    close_long (bench);
}
END_TEST

/* Somebody wants them, but not now. */
START_TEST (a_choice_that_is_cancelled_is_offered_again)
{
    Bench *bench = open_long (0.0005);
    FoveaOfferBar *bar = fovea_heads_page_get_offer (bench->window->heads);
    RUN_UNTIL (fovea_offer_bar_get_text (bar) != NULL);
    hold (bench->path);
    choose_prefixed (bar, "All tokens, ");
    RUN_UNTIL (fovea_window_is_occupied (bench->window));
    ck_assert_ptr_null (fovea_offer_bar_get_text (bar));
    activate (bench, "cancel", NULL);
    hold (NULL);
    RUN_UNTIL (fovea_offer_bar_get_text (bar) != NULL);
    ck_assert_ptr_null (fovea_selection_get_heads (bench->selection));
    close_long (bench);
}
END_TEST

/* Two seconds late at the first head, so that what is done is committed. */
static void
stop_after_half (gpointer cancellable, gint64 done, gint64 total)
{
    static gboolean waited;
    if (!waited)
        g_usleep (2100000);
    waited = TRUE;
    if (2 * done > total)
        g_cancellable_cancel (cancellable);
}

/* What a job that was stopped has left of one choice is not left of another. */
START_TEST (a_choice_of_which_some_is_measured_says_so)
{
    Bench *bench = patient_bench_new (0);
    long_store_write (bench->path, TOKENS, HEADS, 2);
    {
        g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_WRITE, NULL);
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        ck_assert_ptr_null (fovea_heads_job_run_store (store, 0, 0, stop_after_half, cancellable,
                                                       cancellable, NULL));
    }
    fovea_window_open (bench->window, bench->path);
    FoveaOfferBar *bar = fovea_heads_page_get_offer (bench->window->heads);
    RUN_UNTIL (says (bar, "Scoring"));
    guint n_said = 0, n_other = 0;
    EACH_WIDGET (widget, GTK_WIDGET (bar)) {
        const char *label =
            GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
        if (label == NULL)
            continue;
        gboolean said = g_str_has_suffix (label, " more, 50 % is measured");
        ck_assert_msg (said == g_str_has_prefix (label, "All tokens, "), "%s", label);
        n_said += said;
        n_other += !said;
    }
    ck_assert_uint_eq (n_said, 1);
    ck_assert_uint_ge (n_other, 1);
    close_long (bench);
}
END_TEST

START_TEST (whoever_is_always_asked_has_smaller_choices_too)
{
    Bench *bench = open_long (0);
    FoveaOfferBar *bar = fovea_heads_page_get_offer (bench->window->heads);
    RUN_UNTIL (fovea_offer_bar_get_text (bar) != NULL);
    GtkWidget *first = gtk_widget_get_first_child (gtk_widget_get_last_child (GTK_WIDGET (bar)));
    ck_assert_msg (g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (first)), "First "), "%s",
                   gtk_button_get_label (GTK_BUTTON (first)));
    close_long (bench);
}
END_TEST

/* As with the first choices of an offer; what was left out is a press away, and kept scores say it too. */
START_TEST (scores_of_the_beginning_say_so)
{
    Bench *bench = open_long (0.0005);
    FoveaOfferBar *bar = fovea_heads_page_get_offer (bench->window->heads);
    RUN_UNTIL (fovea_offer_bar_get_text (bar) != NULL);
    fovea_window_score_heads_as (bench->window, (FoveaScoreWay){1024, INFINITY});
    ck_assert (!gtk_widget_is_sensitive (GTK_WIDGET (bar))); /* one at a time */
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    ck_assert_str_eq (get_cut (bench), "1024");
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_offer_bar_get_text (bar),
                      "Scores are of the first 1,024 tokens of each longer text.");
    activate (bench, "close-store", NULL);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (bench->window->opened != NULL && fovea_offer_bar_get_text (bar) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (get_cut (bench), "1024");
    GtkWidget *button = find_labelled (GTK_WIDGET (bar), GTK_TYPE_BUTTON, "Score all tokens…");
    fovea_window_offer_scores (bench->window, NULL); /* as when something else was read */
    ck_assert_ptr_eq (find_labelled (GTK_WIDGET (bar), GTK_TYPE_BUTTON, NULL), button);
    choose (bar, "Score all tokens…");
    RUN_UNTIL (says (bar, "takes")); /* how long, first */
    ck_assert_str_eq (get_cut (bench), "1024");
    close_long (bench);
}
END_TEST

START_TEST (curves_that_take_long_wait_for_a_choice)
{
    Bench *bench = open_long (0.0005);
    FoveaSparsePage *page = bench->window->sparse_page;
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (page);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    gtk_window_set_focus (GTK_WINDOW (bench->window), NULL); /* the button that asks goes off */
    fovea_window_measure (bench->window);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_sparse_model_get_table (bench->window->sparse));
    ck_assert_msg (strstr (fovea_offer_bar_get_text (bar), "18 heads on 8,192 tokens") != NULL,
                   "%s", fovea_offer_bar_get_text (bar));
    GtkWidget *first = gtk_widget_get_first_child (gtk_widget_get_last_child (GTK_WIDGET (bar)));
    ck_assert (g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (first)), "This head, "));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (bench->window)), first);
    press (bench, bar, first);
    RUN_UNTIL (fovea_sparse_page_get_measure (page) == FOVEA_MEASURE_HEAD);
    ck_assert_ptr_null (fovea_offer_bar_get_text (bar));
    RUN_UNTIL (fovea_sparse_model_get_table (bench->window->sparse) != NULL);
    close_long (bench);
}
END_TEST

/* What there is of the first 1,024 tokens says so where it is looked at, and its masks are of these. */
static void
check_beginning (Bench *bench)
{
    FoveaSparseModel *sparse = bench->window->sparse;
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (bench->window->sparse_page);
    g_autofree char *object = fovea_sparse_model_describe (sparse);
    ck_assert_str_eq (fovea_offer_bar_get_text (bar),
                      "Curves are of the first 1,024 tokens of each longer text.");
    ck_assert_str_eq (object, "head 0.0, first 1,024 tokens");
    ck_assert_int_eq (fovea_sparse_model_count_tokens (sparse), 1024);
    RUN_UNTIL (fovea_sparse_model_get_numbers (sparse) != NULL);
    ck_assert_int_eq (fovea_sparse_model_get_numbers (sparse)->n_tokens, 1024);
    ck_assert_int_eq (fovea_mask_overlay_get_n_tokens (fovea_sparse_model_get_overlay (sparse)),
                      1024);
    g_autofree char *mask = fovea_sparse_model_name_mask (sparse);
    ck_assert_msg (g_str_has_suffix (mask, ", first 1,024 tokens"), "%s", mask);
    g_autoptr (FoveaFigureRequest) figure =
        fovea_window_request_figure (bench->window, FOVEA_FIGURE_MASK);
    ck_assert_int_eq (figure->first_tokens, 1024);
}

START_TEST (curves_of_the_beginning_say_so)
{
    Bench *bench = open_long (0.0005);
    FoveaSparsePage *page = bench->window->sparse_page;
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (page);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    fovea_window_measure_as (
        bench->window,
        (FoveaCurvesWay){.heads = FOVEA_MEASURE_HEAD, .first_tokens = 1024, .patience = INFINITY});
    RUN_UNTIL (fovea_sparse_model_get_table (bench->window->sparse) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_object_set (bench->window->sparse, "scope", FOVEA_SCOPE_HEAD, NULL);
    check_beginning (bench);
    activate (bench, "close-store", NULL);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (bench->window->opened != NULL && fovea_offer_bar_get_text (bar) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    check_beginning (bench);
    choose (bar, "Measure all tokens…");
    RUN_UNTIL (says (bar, "18 heads on 8,192 tokens take ")); /* how long, first */
    ck_assert_int_eq (fovea_sparse_model_get_first_tokens (bench->window->sparse), 1024);
    choose_prefixed (bar, "This head, ");
    RUN_UNTIL (fovea_sparse_model_get_first_tokens (bench->window->sparse) == 0);
    ck_assert_str_eq (fovea_offer_bar_get_text (bar),
                      "Curves are of all tokens; there are some of the first ones, too.");
    choose (bar, "Show first 1,024 tokens");
    RUN_UNTIL (fovea_sparse_model_get_first_tokens (bench->window->sparse) == 1024);
    check_beginning (bench);
    choose (bar, "Show all tokens");
    RUN_UNTIL (fovea_sparse_model_get_first_tokens (bench->window->sparse) == 0);
    ck_assert_int_eq (fovea_sparse_model_count_tokens (bench->window->sparse), TOKENS);
    close_long (bench);
}
END_TEST

/* FoveaRecallRequest.choose is not set: all heads. */
START_TEST (curves_of_the_beginning_are_a_choice)
{
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("streaming", NULL), NULL};
    FoveaRecallRequest request = {.curves = {.methods = methods, .sweep = TRUE}};
    const FoveaCurvesWay all = {.heads = FOVEA_MEASURE_MODEL};
    Bench *bench = open_long (0.0005);
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (bench->window->sparse_page);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaRecallPrediction) p = fovea_recall_prediction_new (store, &request, NULL, NULL);
    double patience = fovea_recall_prediction_get_time (p, HEADS, 1024).seconds;
    ck_assert_double_gt (patience, 0);
    g_settings_set_double (fovea_preferences_get (), "patience", 1.01 * patience);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    fovea_window_offer_curves (bench->window, p, &all);
    GtkWidget *first = gtk_widget_get_first_child (gtk_widget_get_last_child (GTK_WIDGET (bar)));
    ck_assert_msg (
        g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (first)), "First 1,024 tokens, "), "%s",
        gtk_button_get_label (GTK_BUTTON (first)));
    press (bench, bar, first);
    RUN_UNTIL (fovea_sparse_model_get_table (bench->window->sparse) != NULL);
    ck_assert_int_eq (fovea_sparse_model_get_first_tokens (bench->window->sparse), 1024);
    ck_assert_int_eq (fovea_sparse_page_get_measure (bench->window->sparse_page),
                      FOVEA_MEASURE_MODEL);
    close_long (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_long_import_is_shown_before_its_weights_are_known);
    tcase_add_test (tcase, nothing_is_measured_on_a_model_of_two_texts);
    tcase_add_test (tcase, the_key_for_arcs_says_that_a_text_is_too_long);
    tcase_add_test (tcase, scores_that_take_long_wait_for_a_choice);
    tcase_add_test (tcase, a_text_that_is_opened_during_a_job_is_scored_after_it);
    tcase_add_test (tcase, scores_that_nobody_asked_for_give_way);
    tcase_add_test (tcase, another_text_of_the_run_has_the_scores_when_they_come);
    tcase_add_test (tcase, another_store_is_scored_before_the_one_that_was_left);
    tcase_add_test (tcase, a_store_that_is_being_scored_can_be_closed);
    tcase_add_test (tcase, a_choice_that_is_cancelled_is_offered_again);
    tcase_add_test (tcase, a_choice_of_which_some_is_measured_says_so);
    tcase_add_test (tcase, whoever_is_always_asked_has_smaller_choices_too);
    tcase_add_test (tcase, scores_of_the_beginning_say_so);
    tcase_add_test (tcase, curves_that_take_long_wait_for_a_choice);
    tcase_add_test (tcase, curves_of_the_beginning_say_so);
    tcase_add_test (tcase, curves_of_the_beginning_are_a_choice);
}

int
main (void)
{
    return window_bench_main ("offers", add_tests);
}
