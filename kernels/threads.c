/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A team of threads around one word, the gate: the number of the round, whether it is open, and how
 * many workers are inside.
 *
 * A loop is published by a gate of the next round, open and empty; workers enter by adding one to
 * it, take items from an atomic counter until none is left, and leave by taking one off. The caller
 * works too, closes the gate and returns when nobody is inside. Invariant: nobody enters a closed
 * gate, so `body` and `data` never outlive their loop, and a worker that comes too late is not
 * waited for. The end is a round as well, told by a bit of the same word: with a flag beside the gate
 * a worker could find the end unset, take the last round for one that it had missed, and sleep while
 * it was joined.
 *
 * Whoever waits looks at the gate for SPIN_US first and sleeps only then: a product of few rows
 * takes 20 us, a wake-up 5 to 50. The mutex is for sleepers alone. Each side first says that it
 * changed something (gate) or that it sleeps (Sleepers.n) and then reads the other's word, all in
 * one total order, so one of the two sees the other.
 * Cost: under 1 us a loop while workers look; a loop of one item runs in the caller without the
 * gate. */
#include "kernels/threads.h"

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Longer than what lies between two loops of a forward pass, and little for a program that
     * wants the processor: the rest of a time slice is given back by sleeping. */
    SPIN_US = 50,
    /* Looks between two readings of the clock. */
    LOOKS = 16,
    CACHE_LINE = 64
};

/* The gate: 30 bits of workers inside, a bit for the last round, a bit for open, 32 bits of the
 * round. */
#define GATE_LAST   ((uint64_t) 1 << 30)
#define GATE_OPEN   ((uint64_t) 1 << 31)
#define GATE_INSIDE (GATE_LAST - 1)
#define GATE_ROUND  ((uint64_t) 1 << 32)

typedef struct {
    FoveaThreads *team;
    int index;
    clockid_t clock; /* of what it ran */
    int64_t id;      /* atomic: the system's; 0 until it has begun */
} Worker;

typedef struct {
    GCond signal;
    int n; /* atomic */
} Sleepers;

struct _FoveaThreads {
    int n_threads;
    bool gives_way;    /* its workers do */
    GThread **handles; /* n_threads - 1; the caller of a loop is worker 0 */
    Worker *workers;
    FoveaLoopBody body;
    void *data;
    int64_t n;
    GMutex mutex;
    Sleepers idle, caller; /* workers without a round; whoever called the loop */
    /* Written by everyone all the time, so not beside what is only read. */
    _Alignas(CACHE_LINE) uint64_t gate; /* atomic */
    _Alignas(CACHE_LINE) int64_t next;  /* atomic: first item that nobody has taken */
};

static _Thread_local bool gives_way;

/* Cores that the scheduler lets this process use, which a container may have narrowed. */
static int
count_cores (void)
{
    cpu_set_t set;
    CPU_ZERO (&set);
    if (sched_getaffinity (0, sizeof set, &set) != 0)
        return (int) g_get_num_processors ();
    return CPU_COUNT (&set);
}

static uint64_t
read_gate (FoveaThreads *team)
{
    return __atomic_load_n (&team->gate, __ATOMIC_SEQ_CST);
}

/* What somebody waits for: the gate as it is, and the round that the waiter has seen. */
typedef bool (*Condition) (uint64_t gate, uint64_t seen);

static bool
is_next (uint64_t gate, uint64_t seen)
{
    return (gate & ~(GATE_ROUND - 1)) != seen;
}

static bool
is_empty (uint64_t gate, uint64_t seen G_GNUC_UNUSED)
{
    return (gate & GATE_INSIDE) == 0;
}

/* Whether it came within SPIN_US. */
static bool
look_for (FoveaThreads *team, Condition is_there, uint64_t seen)
{
    const int64_t end = g_get_monotonic_time () + SPIN_US;
    do
        for (int look = 0; look < LOOKS; look++) {
            if (is_there (read_gate (team), seen))
                return true;
#if defined(__x86_64__)
            __builtin_ia32_pause ();
#endif
        }
    while (g_get_monotonic_time () < end);
    return false;
}

static void
await (FoveaThreads *team, Condition is_there, uint64_t seen, Sleepers *sleepers)
{
    if (look_for (team, is_there, seen))
        return;
    g_mutex_lock (&team->mutex);
    __atomic_add_fetch (&sleepers->n, 1, __ATOMIC_SEQ_CST);
    while (!is_there (read_gate (team), seen))
        g_cond_wait (&sleepers->signal, &team->mutex);
    __atomic_sub_fetch (&sleepers->n, 1, __ATOMIC_SEQ_CST);
    g_mutex_unlock (&team->mutex);
}

/* After the gate was changed. */
static void
wake (FoveaThreads *team, Sleepers *sleepers)
{
    if (__atomic_load_n (&sleepers->n, __ATOMIC_SEQ_CST) == 0)
        return;
    g_mutex_lock (&team->mutex);
    g_cond_broadcast (&sleepers->signal);
    g_mutex_unlock (&team->mutex);
}

static void
run_item (const FoveaThreads *team, int64_t i, int worker)
{
    team->body (team->data, i, worker);
    if (gives_way)
        sched_yield (); /* 0.3 us when nobody waits */
}

/* Relaxed order is enough: what items wrote is published by leaving the gate. */
static void
take_items (FoveaThreads *team, int worker)
{
    for (;;) {
        int64_t i = __atomic_fetch_add (&team->next, 1, __ATOMIC_RELAXED);
        if (i >= team->n)
            return;
        run_item (team, i, worker);
    }
}

/* The gate that was entered, or that is closed already, in which case @inside is false. */
static uint64_t
enter (FoveaThreads *team, bool *inside)
{
    uint64_t gate = read_gate (team);
    *inside = false;
    while (!*inside && (gate & GATE_OPEN) != 0)
        *inside = __atomic_compare_exchange_n (&team->gate, &gate, gate + 1, true, __ATOMIC_SEQ_CST,
                                               __ATOMIC_SEQ_CST);
    return gate;
}

static void
leave (FoveaThreads *team)
{
    uint64_t gate = __atomic_sub_fetch (&team->gate, 1, __ATOMIC_SEQ_CST);
    if ((gate & (GATE_OPEN | GATE_INSIDE)) == 0)
        wake (team, &team->caller);
}

static gpointer
run_worker (gpointer data)
{
    Worker *worker = data;
    FoveaThreads *team = worker->team;
    gives_way = team->gives_way;
    if (pthread_getcpuclockid (pthread_self (), &worker->clock) == 0)
        __atomic_store_n (&worker->id, gettid (), __ATOMIC_RELEASE);
    for (uint64_t gate = 0; (gate & GATE_LAST) == 0;) {
        bool inside;
        await (team, is_next, gate & ~(GATE_ROUND - 1), &team->idle);
        gate = enter (team, &inside);
        if (!inside)
            continue;
        take_items (team, worker->index);
        leave (team);
    }
    return NULL;
}

/* Everything written before is seen by whoever sees the round. */
static void
open_round (FoveaThreads *team, uint64_t kind)
{
    const uint64_t round = (read_gate (team) & ~(GATE_ROUND - 1)) + GATE_ROUND;
    __atomic_store_n (&team->gate, round | kind, __ATOMIC_SEQ_CST);
    wake (team, &team->idle);
}

static void
close_round (FoveaThreads *team)
{
    __atomic_and_fetch (&team->gate, ~GATE_OPEN, __ATOMIC_SEQ_CST);
    await (team, is_empty, 0, &team->caller);
}

FoveaThreads *
fovea_threads_new (int n_threads)
{
    FoveaThreads *team = g_aligned_alloc0 (1, sizeof *team, CACHE_LINE);
    team->n_threads = n_threads > 0 ? n_threads : count_cores ();
    team->gives_way = gives_way;
    g_mutex_init (&team->mutex);
    g_cond_init (&team->idle.signal);
    g_cond_init (&team->caller.signal);
    team->handles = g_new0 (GThread *, team->n_threads);
    team->workers = g_new0 (Worker, team->n_threads);
    for (int i = 1; i < team->n_threads; i++) {
        team->workers[i] = (Worker){.team = team, .index = i};
        team->handles[i] = g_thread_new ("fovea-worker", run_worker, &team->workers[i]);
    }
    return team;
}

void
fovea_threads_free (FoveaThreads *threads)
{
    if (threads == NULL)
        return;
    open_round (threads, GATE_LAST);
    for (int i = 1; i < threads->n_threads; i++)
        g_thread_join (threads->handles[i]);
    g_mutex_clear (&threads->mutex);
    g_cond_clear (&threads->idle.signal);
    g_cond_clear (&threads->caller.signal);
    g_free (threads->handles);
    g_free (threads->workers);
    g_aligned_free (threads);
}

void
fovea_threads_give_way (void)
{
    gives_way = true;
}

int
fovea_threads_count (const FoveaThreads *threads)
{
    return threads->n_threads;
}

/* Linux's own count: ns on a processor, ns of waiting for one, turns. */
static double
read_waited (int64_t thread)
{
    char path[64];
    unsigned long long ran, waited = 0;
    snprintf (path, sizeof path, "/proc/self/task/%lld/schedstat", (long long) thread);
    FILE *file = fopen (path, "re");
    if (file == NULL)
        return 0;
    if (fscanf (file, "%llu %llu", &ran, &waited) != 2)
        waited = 0;
    fclose (file);
    return (double) waited * 1e-9;
}

static void
add_clock (FoveaThreadsClock *clock, clockid_t id, int64_t thread)
{
    struct timespec ran;
    if (clock_gettime (id, &ran) == 0)
        clock->ran += (double) ran.tv_sec + (double) ran.tv_nsec * 1e-9;
    clock->waited += read_waited (thread);
}

void
fovea_threads_read_clock (const FoveaThreads *threads, FoveaThreadsClock *out)
{
    *out = (FoveaThreadsClock){0};
    add_clock (out, CLOCK_THREAD_CPUTIME_ID, gettid ());
    out->caller = out->ran;
    for (int i = 1; i < threads->n_threads; i++) {
        int64_t id = __atomic_load_n (&threads->workers[i].id, __ATOMIC_ACQUIRE);
        if (id != 0)
            add_clock (out, threads->workers[i].clock, id);
    }
}

/* The caller is worker 0 and takes items like the others. */
void
fovea_threads_loop (FoveaThreads *threads, int64_t n, FoveaLoopBody body, void *data)
{
    threads->body = body;
    threads->data = data;
    threads->n = n;
    if (threads->n_threads == 1 || n <= 1) {
        for (int64_t i = 0; i < n; i++)
            run_item (threads, i, 0);
        return;
    }
    __atomic_store_n (&threads->next, 0, __ATOMIC_RELAXED);
    open_round (threads, GATE_OPEN);
    take_items (threads, 0);
    close_round (threads);
}
