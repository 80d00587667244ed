/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The filter of heads: what its words mean, what is told of those that mean nothing, and expressions by
 * chance beside a plain reading of the same tree. */
#include <math.h>
#include <string.h>

#include "tests/support.h"
#include "tests/ui-support.h"
#include "ui/head-filter.h"

enum {
    L = 3,
    H = 4,
    TREES = 400,
    DEPTH = 5
};

static gboolean
passes (const char *text, guint layer, guint head)
{
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (layer, head, heads);
    g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (text);
    return fovea_head_filter_matches (filter, item);
}

START_TEST (the_filter_reads_roles_scores_layers_and_names)
{
    ck_assert (passes ("", 0, 1));
    ck_assert (passes ("role:previous", 0, 0));
    ck_assert (!passes ("role:previous", 1, 0));
    ck_assert (passes ("role:none", 0, 1));
    ck_assert (passes ("sink>0.3", 1, 0));
    ck_assert (!passes ("sink>0.3", 0, 0));
    ck_assert (passes ("sink<0.3", 0, 0));
    ck_assert (!passes ("induction>0", 0, 0)); /* unknown is not above anything */
    ck_assert (!passes ("induction<1", 0, 0)); /* nor below */
    ck_assert (passes ("layer:1", 1, 1));
    ck_assert (passes ("layer:0-1 head:1", 1, 1));
    ck_assert (!passes ("layer:0-1 head:1", 1, 0));
    ck_assert (!passes ("layer:x", 1, 0));
    ck_assert (!passes ("nonsense:3", 1, 0));
    ck_assert (passes ("1.0", 1, 0));
    ck_assert (passes ("sink layer:1", 1, 0));
}
END_TEST

START_TEST (the_filter_reads_comparisons_and_or_not_and_brackets)
{
    ck_assert (passes ("previous > 0.4 and layer < 8", 0, 0));
    ck_assert (!passes ("previous > 0.4 and layer < 8", 1, 0));
    ck_assert (passes ("previous>0.4 or sink >= 0.95", 1, 0));
    ck_assert (!passes ("not (role:previous or role:sink)", 0, 0));
    ck_assert (passes ("not (role:previous or role:sink)", 0, 1));
    ck_assert (passes ("previous token > 0.4", 0, 0));
    ck_assert (passes ("layer = 1 head != 1", 1, 0));
    ck_assert (passes ("sink>0,3", 1, 0)); /* as half of the world writes it */
    ck_assert (!passes ("sink > 0,99", 1, 0));
    ck_assert (!passes ("sink>=0,3, layer<1", 1, 0));
    ck_assert (passes ("layer>0,head<1", 1, 0));
    ck_assert (passes ("layer>0, 1.0", 1, 0));
    ck_assert (!passes ("layer == 1, head <= 0", 1, 1));
    /* "and" binds before "or". */
    ck_assert (passes ("role:previous or role:sink and layer > 5", 0, 0));
    ck_assert (!passes ("(role:previous or role:sink) and layer > 5", 0, 0));
    /* What is unknown is not unequal either. */
    ck_assert (!passes ("induction != 3", 0, 0));
}
END_TEST

static const struct {
    const char *text, *problem;
} problems[] = {
    {"previous >", "“>” wants a number"},
    {"previous > much", "“>” wants a number"},
    {"inducton > 0.3", "no score is called “inducton”"},
    {"(role:sink", "“(” has no “)”"},
    {"role:sink)", "“)” is not expected"},
    {"role:sink and", "missing at the end"},
    {"colour:red", "“colour:” is not known"},
    {"layer:many", "“many” is no number"},
    {"> 3", "“>” is not expected"},
    {"role:", "“role:” wants a value"},
    {"layer:3-", "“3-” is no number"},
    {"layer:5-3", "“5-3” is no number"},
    {"head:-1", "“-1” is no number"},
    {"sink > nan", "“>” wants a number"},
};

START_TEST (what_is_no_filter_shows_nothing_and_says_why)
{
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (0, 0, heads);
    g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (problems[_i].text);
    g_autofree char *problem = fovea_head_filter_find_problem (filter, item);
    ck_assert_msg (problem != NULL && strstr (problem, problems[_i].problem) != NULL, "%s: %s",
                   problems[_i].text, problem);
    ck_assert (!fovea_head_filter_matches (filter, item));
}
END_TEST

/* As many as the message says, and no one more. */
START_TEST (a_hundred_brackets_in_one_another_are_read)
{
    for (gsize n = 100; n <= 101; n++) {
        g_autofree char *open = g_strnfill (n, '('), *close = g_strnfill (n, ')');
        g_autofree char *text = g_strconcat (open, "layer:1", close, NULL);
        g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (text);
        g_autofree char *problem = fovea_head_filter_find_problem (filter, NULL);
        ck_assert_msg ((problem == NULL) == (n == 100), "%zu: %s", n, problem);
        ck_assert (passes (text, 1, 0) == (n == 100));
    }
}
END_TEST

START_TEST (a_filter_of_nine_hundred_brackets_is_refused)
{
    g_autofree char *brackets = g_strnfill (900, '(');
    g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (brackets);
    g_autofree char *problem = fovea_head_filter_find_problem (filter, NULL);
    ck_assert_ptr_nonnull (strstr (problem, "brackets"));
}
END_TEST

START_TEST (a_good_filter_has_no_problem)
{
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (0, 0, heads);
    g_autoptr (FoveaHeadFilter) filter =
        fovea_head_filter_parse ("sink>0.3 previous token > 0.1 or induction < 1 5.1 layer > 2");
    ck_assert_ptr_null (fovea_head_filter_find_problem (filter, item));
}
END_TEST

/* --- by chance --- */

static const char *const roles[] = {"", "previous token", "induction", "sink"};

/* Scores of steps of a fifth, so that equality occurs; a quarter of them is not known. */
static FoveaTable *
make_table (GRand *rand)
{
    static const char *const scores[] = {"previous", "induction", "mean_distance"};
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (scores); i++)
        fovea_table_add_column (table, scores[i], FOVEA_COLUMN_NUMBER, "", "");
    for (guint h = 0; h < L * H; h++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, h / H);
        fovea_table_set_integer (table, row, 1, h % H);
        fovea_table_set_text (table, row, 2, roles[g_rand_int_range (rand, 0, 4)]);
        for (guint i = 0; i < G_N_ELEMENTS (scores); i++)
            if (g_rand_int_range (rand, 0, 4) > 0)
                fovea_table_set_number (table, row, 3 + i, g_rand_int_range (rand, 0, 6) / 5.0);
    }
    return table;
}

/* A tree of conditions: what it says of every head, and one way to write it. */
typedef struct {
    gboolean holds[L * H];
    char *text;
    int binds; /* 0: "or", 1: "and", 2: one condition */
} Tree;

static double
read_value (FoveaTable *table, guint row, guint column)
{
    return column < 2 ? (double) fovea_table_get_integer (table, row, column)
                      : fovea_table_get_number (table, row, column);
}

/* Spaces where they may be and need not be, and letters of either size. */
static char *
respell (GRand *rand, const char *text)
{
    GString *out = g_string_new (NULL);
    for (const char *c = text; *c != '\0'; c++) {
        gboolean mark = strchr ("<>=!()", *c) != NULL && (c[1] != '=' || *c == '(');
        g_string_append_c (out, g_rand_boolean (rand) ? g_ascii_toupper (*c) : *c);
        if ((*c == ' ' || (mark && c[1] != '=')) && g_rand_boolean (rand))
            g_string_append_c (out, ' ');
    }
    return g_string_free (out, FALSE);
}

static Tree
make_comparison (GRand *rand, FoveaTable *table)
{
    static const char *const names[] = {"layer",     "head",     "previous",
                                        "induction", "distance", "mean_distance"};
    static const guint columns[] = {0, 1, 3, 4, 5, 5};
    static const char *const signs[] = {"<", "<=", ">", ">=", "=", "==", "!="};
    guint n = (guint) g_rand_int_range (rand, 0, 6), s = (guint) g_rand_int_range (rand, 0, 7);
    double limit = n < 2 ? g_rand_int_range (rand, 0, 4) : g_rand_int_range (rand, 0, 6) / 5.0;
    Tree tree = {.binds = 2};
    for (guint row = 0; row < L * H; row++) {
        double x = read_value (table, row, columns[n]);
        gboolean all[] = {x<limit, x <= limit, x> limit, x >= limit, x == limit, x == limit,
                          !isnan (x) && x != limit};
        tree.holds[row] = all[s];
    }
    tree.text = g_strdup_printf ("%s %s %g", names[n], signs[s], limit);
    return tree;
}

static Tree
make_leaf (GRand *rand, FoveaTable *table)
{
    Tree tree = {.binds = 2};
    guint low = (guint) g_rand_int_range (rand, 0, H), high = low;
    const char *role = roles[g_rand_int_range (rand, 1, 4)];
    int kind = g_rand_int_range (rand, 0, 5);
    if (kind == 4)
        return make_comparison (rand, table);
    if (kind == 1)
        high = (guint) g_rand_int_range (rand, (gint32) low, H);
    for (guint row = 0; row < L * H; row++) {
        const char *own = fovea_table_get_text (table, row, 2);
        gboolean all[] = {row / H == low, row % H >= low && row % H <= high, role[0] == own[0],
                          *own == '\0'};
        tree.holds[row] = all[kind];
    }
    tree.text = kind == 0   ? g_strdup_printf ("layer:%u", low)
                : kind == 1 ? g_strdup_printf ("head:%u-%u", low, high)
                : kind == 2 ? g_strdup_printf ("role:%.4s", role)
                            : g_strdup ("role:none");
    return tree;
}

/* Brackets where the reading would be another without, and now and then where it would not. */
static char *
enclose (GRand *rand, const Tree *tree, int binds)
{
    if (tree->binds >= binds && g_rand_int_range (rand, 0, 4) > 0)
        return g_strdup (tree->text);
    return g_strdup_printf ("(%s)", tree->text);
}

static Tree
make_tree (GRand *rand, FoveaTable *table, int depth)
{
    static const char *const ands[] = {" and ", ", ", " "};
    int kind = depth > 0 ? g_rand_int_range (rand, 0, 4) : 3;
    if (kind == 3)
        return make_leaf (rand, table);
    Tree tree = {.binds = kind}, left = make_tree (rand, table, depth - 1);
    g_autofree char *a = enclose (rand, &left, kind);
    if (kind == 2) {
        tree.text = g_strdup_printf ("not %s", a);
        for (guint row = 0; row < L * H; row++)
            tree.holds[row] = !left.holds[row];
    } else {
        Tree right = make_tree (rand, table, depth - 1);
        g_autofree char *b = enclose (rand, &right, kind);
        tree.text =
            g_strconcat (a, kind == 0 ? " or " : ands[g_rand_int_range (rand, 0, 3)], b, NULL);
        for (guint row = 0; row < L * H; row++)
            tree.holds[row] = kind == 0 ? left.holds[row] || right.holds[row]
                                        : left.holds[row] && right.holds[row];
        g_free (right.text);
    }
    g_free (left.text);
    return tree;
}

START_TEST (expressions_by_chance_mean_what_their_tree_says)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (3);
    int shown = 0;
    for (int i = 0; i < TREES; i++) {
        g_autoptr (FoveaTable) table = make_table (rand);
        Tree tree = make_tree (rand, table, DEPTH);
        g_autofree char *text = respell (rand, tree.text);
        g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (text);
        for (guint row = 0; row < L * H; row++) {
            g_autoptr (FoveaHeadItem) item = fovea_head_item_new (row / H, row % H, table);
            g_autofree char *problem = fovea_head_filter_find_problem (filter, item);
            ck_assert_msg (problem == NULL, "%s: %s", text, problem);
            ck_assert_msg (fovea_head_filter_matches (filter, item) == tree.holds[row],
                           "%s: head %u.%u should%s be shown", text, row / H, row % H,
                           tree.holds[row] ? "" : " not");
            shown += tree.holds[row];
        }
        g_free (tree.text);
    }
    ck_assert_int_gt (shown, TREES * L * H / 5);
    ck_assert_int_lt (shown, TREES * L * H * 4 / 5);
}
END_TEST

/* Words and marks in any order are read to their end: shown heads or a problem, but no crash. */
START_TEST (any_words_are_a_filter_or_have_a_problem)
{
    static const char *const words[] = {"not", "and",   "or", "(",    ")",        ":",     "<",
                                        "=",   "!",     ",",  "role", "5.",       "layer", "sink",
                                        "0-",  "1e999", "-1", "nan",  "\303\244", "token"};
    g_autoptr (GRand) rand = g_rand_new_with_seed (4);
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (0, 0, heads);
    int good = 0;
    for (int i = 0; i < 20000; i++) {
        g_autoptr (GString) text = g_string_new (NULL);
        for (int n = g_rand_int_range (rand, 0, 8); n >= 0; n--)
            g_string_append_printf (text, "%s%s",
                                    words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))],
                                    g_rand_boolean (rand) ? " " : "");
        g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (text->str);
        g_autofree char *problem = fovea_head_filter_find_problem (filter, item);
        gboolean shown = fovea_head_filter_matches (filter, item);
        ck_assert_msg (problem == NULL || !shown || strstr (problem, "no score") != NULL,
                       "%s: shows a head and says %s", text->str, problem);
        good += problem == NULL;
    }
    ck_assert_int_gt (good, 200);
}
END_TEST

/* Pasted by mistake, a long text must not use up the stack. */
START_TEST (a_filter_of_a_million_words_is_refused)
{
    static const char *const words[] = {"sink ", "sink or ", "not "};
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (1, 0, heads);
    g_autoptr (GString) text = g_string_new (NULL);
    for (int i = 0; i < 1000000; i++)
        g_string_append (text, words[_i]);
    g_string_append (text, "sink");
    g_autoptr (FoveaHeadFilter) filter = fovea_head_filter_parse (text->str);
    g_autofree char *problem = fovea_head_filter_find_problem (filter, item);
    ck_assert_ptr_nonnull (problem);
    ck_assert (!fovea_head_filter_matches (filter, item));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("head filter");
    TCase *words = tcase_create ("words");
    tcase_add_test (words, the_filter_reads_roles_scores_layers_and_names);
    tcase_add_test (words, the_filter_reads_comparisons_and_or_not_and_brackets);
    tcase_add_loop_test (words, what_is_no_filter_shows_nothing_and_says_why, 0,
                         G_N_ELEMENTS (problems));
    tcase_add_test (words, a_hundred_brackets_in_one_another_are_read);
    tcase_add_test (words, a_filter_of_nine_hundred_brackets_is_refused);
    tcase_add_loop_test (words, a_filter_of_a_million_words_is_refused, 0, 3);
    tcase_add_test (words, a_good_filter_has_no_problem);
    suite_add_tcase (suite, words);
    TCase *chance = tcase_create ("by chance");
    tcase_add_test (chance, expressions_by_chance_mean_what_their_tree_says);
    tcase_add_test (chance, any_words_are_a_filter_or_have_a_problem);
    suite_add_tcase (suite, chance);
    return support_run (suite);
}
