/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Column mass by its own laws, at lengths where tables choose other ways than in test-attend's small
 * shapes: on a Hopper GPU columns begin before the rows of the same call have ended, walk from the last
 * row, and take some of their exponentials as polynomials. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/attend-support.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

/* An odd number of tiles of 64 rows, rows that end inside of one, few rows behind many keys, and more
 * items than a GPU has multiprocessors. */
static const AttendShape shapes[] = {
    {320, 0, 2, 1, 64}, {701, 0, 2, 2, 128}, {150, 600, 4, 2, 64}, {1100, 0, 16, 4, 32}};

typedef struct {
    AttendInputs in;
    float *z;
    double *mass;
    int64_t n_mass;
} Call;

static Call
new_call (const AttendShape *s)
{
    Call c = {.in = attend_new_inputs (s, ATTEND_CAUSAL)};
    FoveaAttendArgs *args = &c.in.args;
    c.n_mass = s->heads * args->n_keys;
    c.z = g_new (float, s->rows * s->heads * s->width);
    c.mass = g_new0 (double, c.n_mass);
    args->precision = FOVEA_PRECISION_BF16;
    args->z = c.z;
    args->column_mass = c.mass;
    args->column_stride = args->n_keys;
    return c;
}

static void
free_call (Call *c)
{
    attend_free_inputs (&c->in);
    g_free (c->z);
    g_free (c->mass);
}

/* A row gives a mass of 1 away, to keys that it sees; the call adds to what is there. */
START_TEST (columns_hold_what_the_rows_give_away)
{
    const AttendShape *s = &shapes[_i];
    Call c = new_call (s);
    for (int i = 0; i < ops_n_devices; i++) {
        for (int64_t j = 0; j < c.n_mass; j++)
            c.mass[j] = 1;
        carry_attend (ops_devices[i], &c.in.args);
        for (int64_t head = 0; head < s->heads; head++) {
            double sum = 0;
            for (int64_t j = 0; j < c.in.args.n_keys; j++) {
                double got = c.mass[head * c.in.args.n_keys + j] - 1;
                ck_assert_msg (got >= 0, "head %ld, key %ld: %g", (long) head, (long) j, got);
                sum += got;
            }
            ck_assert_double_eq_tol (sum, (double) s->rows, 1e-4 * (double) s->rows);
        }
    }
    free_call (&c);
}
END_TEST

/* Whatever came first, and however long a row kept the columns waiting. */
START_TEST (columns_have_the_same_bits_each_time)
{
    Call c = new_call (&shapes[_i]);
    g_autofree double *first = g_new (double, c.n_mass);
    for (int i = 0; i < ops_n_devices; i++)
        for (int time = 0; time < 5; time++) {
            memset (c.mass, 0, (size_t) c.n_mass * sizeof *c.mass);
            carry_attend (ops_devices[i], &c.in.args);
            if (time == 0)
                memcpy (first, c.mass, (size_t) c.n_mass * sizeof *c.mass);
            ck_assert_msg (memcmp (first, c.mass, (size_t) c.n_mass * sizeof *c.mass) == 0,
                           "call %d differs", time + 1);
        }
    free_call (&c);
}
END_TEST

START_TEST (nan_in_a_query_reaches_the_columns_that_it_sees)
{
    static const AttendShape shape = {700, 0, 1, 1, 64};
    const int64_t bad = 620 + 8 * _i; /* either of the rows that a lane of the GPU has */
    Call c = new_call (&shape);
    c.in.q[bad * shape.width] = NAN;
    for (int i = 0; i < ops_n_devices; i++) {
        memset (c.mass, 0, (size_t) c.n_mass * sizeof *c.mass);
        carry_attend (ops_devices[i], &c.in.args);
        for (int64_t j = 0; j <= bad; j++)
            ck_assert_msg (isnan (c.mass[j]), "key %ld: %g", (long) j, c.mass[j]);
    }
    free_call (&c);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    TCase *tests = tcase_create ("columns");
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_add_loop_test (tests, columns_hold_what_the_rows_give_away, 0, G_N_ELEMENTS (shapes));
    tcase_add_loop_test (tests, columns_have_the_same_bits_each_time, 0, G_N_ELEMENTS (shapes));
    tcase_add_loop_test (tests, nan_in_a_query_reaches_the_columns_that_it_sees, 0, 2);
    Suite *suite = suite_create ("attend, columns");
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
