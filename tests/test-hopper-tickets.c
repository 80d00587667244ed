/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How Hopper's attention shares items out to the blocks of a launch: every item once, nobody idle for
 * long. */
#include "kernels/cuda/tickets.h"
#include "tests/support.h"

enum {
    GRID = 132, /* multiprocessors of an H100 */
    MOST = 2000
};

/* Every ticket of @t must be some block's, and of one block alone. */
static void
expect_each_once (const Tickets *t, int grid)
{
    uint8_t drawn[MOST] = {0};
    for (int block = 0; block < grid; block++) {
        int ticket;
        for (int turn = 0; (ticket = own_ticket (t, grid, block, turn)) < t->n_items; turn++) {
            if (ticket < 0 || drawn[ticket]++ > 0)
                ck_abort_msg ("ticket %d of %d on %d blocks: not for the first time", ticket,
                              t->n_items, grid);
        }
    }
    for (int i = 0; i < t->n_items; i++)
        if (drawn[i] == 0)
            ck_abort_msg ("ticket %d of %d on %d blocks: nobody's", i, t->n_items, grid);
}

START_TEST (every_item_is_drawn_once)
{
    for (int heads = 0; heads <= 40; heads += 4)
        for (int n = 1; n < 8 * GRID; n += 7)
            for (int grid = 1; grid <= GRID; grid += 131) {
                Tickets t = plan_tickets (n, n < grid ? n : grid, heads, true, NULL);
                expect_each_once (&t, n < grid ? n : grid);
            }
}
END_TEST

START_TEST (an_item_behind_the_last_ends_a_block)
{
    Tickets t = plan_tickets (384, GRID, 12, true, NULL);
    ck_assert_int_eq (t.pairs, 96);
    ck_assert_int_ge (own_ticket (&t, GRID, 0, 2), 384);
    ck_assert_int_ge (own_ticket (&t, GRID, 95, 2), 384);
    ck_assert_int_eq (own_ticket (&t, GRID, 96, 0), 192);
}
END_TEST

START_TEST (long_items_in_pairs_shorten_the_longest_share)
{
    /* 12 heads of 32 lengths, 4,096 keys: 6,720 tiles' worth, 50.9 a block. */
    Tickets planned = plan_tickets (384, GRID, 12, true, NULL), snake = planned;
    snake.pairs = 0;
    ck_assert_int_eq (longest_share (&snake, GRID, 12), 56);
    ck_assert_int_eq (longest_share (&planned, GRID, 12), 51);
}
END_TEST

START_TEST (a_plan_is_never_longer_than_forth_and_back)
{
    for (int heads = 1; heads <= 40; heads++)
        for (int lengths = 1; heads * lengths < 4 * GRID; lengths++) {
            Tickets planned = plan_tickets (heads * lengths, GRID, heads, true, NULL),
                    snake = planned;
            snake.pairs = 0;
            ck_assert_int_le (longest_share (&planned, GRID, heads),
                              longest_share (&snake, GRID, heads));
        }
}
END_TEST

START_TEST (two_even_rounds_pair_the_longest_with_the_shortest)
{
    Tickets t = plan_tickets (264, GRID, 12, true, NULL);
    for (int block = 0; block < GRID; block++)
        ck_assert_int_eq (own_ticket (&t, GRID, block, 0) + own_ticket (&t, GRID, block, 1), 263);
}
END_TEST

START_TEST (many_items_are_drawn_from_the_counter)
{
    int counter = 0;
    ck_assert_ptr_null (plan_tickets (8 * GRID, GRID, 0, true, &counter).counter);
    ck_assert_ptr_eq (plan_tickets (8 * GRID + 1, GRID, 0, true, &counter).counter, &counter);
}
END_TEST

START_TEST (unsorted_items_are_drawn_from_the_counter)
{
    int counter = 0;
    Tickets t = plan_tickets (3 * GRID, GRID, 12, false, &counter);
    ck_assert_ptr_eq (t.counter, &counter);
    ck_assert_int_eq (t.pairs, 0);
}
END_TEST

int
main (void)
{
    TCase *tcase = tcase_create ("tickets");
    tcase_add_test (tcase, every_item_is_drawn_once);
    tcase_add_test (tcase, an_item_behind_the_last_ends_a_block);
    tcase_add_test (tcase, long_items_in_pairs_shorten_the_longest_share);
    tcase_add_test (tcase, a_plan_is_never_longer_than_forth_and_back);
    tcase_add_test (tcase, two_even_rounds_pair_the_longest_with_the_shortest);
    tcase_add_test (tcase, many_items_are_drawn_from_the_counter);
    tcase_add_test (tcase, unsorted_items_are_drawn_from_the_counter);
    Suite *suite = suite_create ("hopper-tickets");
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
