/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Operations are kept in the order of enqueueing. Whoever waits runs them, under one lock, in a
 * legal order drawn from the seed: operations in order; copies in order among themselves, each after
 * the operations before it, none that `order` named after those behind `order`. */
#include "tests/late-device.h"

#include <string.h>
#include <sys/mman.h>

#include "kernels/device-private.h"
#include "tests/check-marks.h"
#include "tests/late-run.h"

enum {
    PAGE = 4096,
    POISON = 0xff /* floats of it are NaN */
};

/* A buffer: @handle is what the host sees, @real where the values are. */
typedef struct {
    char *handle, *real;
    size_t bytes;
} Buffer;

static const char *const names[] = {
    "write",    "zero",      "copy_rows",     "copy_out",    "order",    "convert",   "find_nan",
    "embed",    "add",       "scale",         "soft_cap",    "clip",     "add_gated", "route",
    "experts",  "norm",      "linear",        "rotary",      "activate", "attend",    "rectangle",
    "top_rows", "mask_rows", "cross_entropy", "codes_above",
};

typedef struct {
    FoveaDevice base;
    FoveaOps ops;
    FoveaDevice *inner;
    LateOptions options;
    GMutex mutex; /* guards all below */
    GArray *buffers;
    GQueue operations, copies; /* of LateItem, not yet run; copies leave operations when reached */
    FoveaTicket last, done;    /* tickets given and copies made */
    guint32 random;
    guint ran, reads, syncs, allocations;
    guint64 used, peak, reserved;
    char *failed; /* the operation that failed */
} Late;

static Late *
late (FoveaDevice *device)
{
    return (Late *) device;
}

void *
late_real (FoveaDevice *device, const void *handle)
{
    const Late *self = late (device);
    if (handle == NULL)
        return NULL;
    for (guint i = 0; i < self->buffers->len; i++) {
        const Buffer *buffer = &g_array_index (self->buffers, Buffer, i);
        if ((const char *) handle >= buffer->handle &&
            (const char *) handle < buffer->handle + buffer->bytes)
            return buffer->real + ((const char *) handle - buffer->handle);
    }
    g_error ("late device: %p is not device memory", handle);
}

static guint32
draw (Late *self)
{
    self->random = self->random * 1664525u + 1013904223u;
    return self->random >> 16;
}

static void
run_item (Late *self, LateItem *item)
{
    if (item->kind != LATE_ORDER && item->kind != LATE_COPY_OUT &&
        ++self->ran == self->options.fail_at)
        self->failed = g_strdup (names[item->kind]);
    if (self->failed == NULL) {
        if (item->kind == LATE_WRITE)
            memcpy (item->to, item->owned, item->bytes);
        else if (item->kind == LATE_COPY_OUT)
            memcpy (item->to, item->from, item->bytes);
        else if (item->kind == LATE_ZERO)
            memset (item->to, 0, item->bytes);
        else if (item->kind == LATE_COPY_ROWS)
            fovea_host_copy_rows (self->inner, item->to, item->to_stride, item->from,
                                  item->from_stride, (size_t) item->n, item->bytes);
        else if (item->kind != LATE_ORDER)
            late_run_arithmetic (self->inner, item);
    }
    if (item->kind == LATE_COPY_OUT)
        self->done = item->ticket;
    g_free (item->owned);
    g_free (item);
}

/* The next operation; copies are only noted as due, an order runs the copies that it names. */
static void
step (Late *self)
{
    LateItem *item = g_queue_pop_head (&self->operations);
    if (item->kind == LATE_COPY_OUT) {
        g_queue_push_tail (&self->copies, item);
        return;
    }
    while (item->kind == LATE_ORDER && self->done < item->ticket)
        run_item (self, g_queue_pop_head (&self->copies));
    run_item (self, item);
}

/* Until copy @ticket is made; before each due copy some of the operations behind it run. */
static void
run_until (Late *self, FoveaTicket ticket)
{
    while (self->done < ticket) {
        gboolean due = !g_queue_is_empty (&self->copies);
        gboolean more = !g_queue_is_empty (&self->operations);
        g_assert (due || more);
        if (more && (!due || draw (self) % 8 != 0))
            step (self);
        else
            run_item (self, g_queue_pop_head (&self->copies));
    }
}

static void
run_all (Late *self)
{
    run_until (self, self->last);
    while (!g_queue_is_empty (&self->operations))
        step (self);
    run_until (self, self->last);
}

void
late_enqueue (FoveaDevice *device, const LateItem *item)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    g_queue_push_tail (&self->operations, g_memdup2 (item, sizeof *item));
    g_mutex_unlock (&self->mutex);
}

static void *
take_pages (size_t bytes, int protection)
{
    void *pages =
        mmap (NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    g_assert (pages != MAP_FAILED);
    return pages;
}

/* Bytes of the pages that @bytes take; 0 and a failure if there is no room. */
static size_t
find_room (FoveaDevice *device, const char *operation, size_t bytes)
{
    Late *self = late (device);
    size_t room = self->options.memory - self->used;
    if (bytes > room || (bytes + PAGE - 1) / PAGE * PAGE > room) {
        bool first = !device->failed;
        fovea_device_fail (device, operation, "no room for %zu bytes", bytes);
        device->code = first ? FOVEA_ERROR_MEMORY : device->code;
        return 0;
    }
    return (MAX (bytes, 1) + PAGE - 1) / PAGE * PAGE;
}

static size_t
late_scratch (FoveaDevice *device, const FoveaScratchShape *shape)
{
    return late (device)->options.scratch;
}

/* Kept until the device goes, as a GPU's scratch is. */
static void
late_reserve (FoveaDevice *device, const FoveaScratchShape *shape)
{
    Late *self = late (device);
    guint64 wanted = self->options.scratch;
    if (wanted <= self->reserved || find_room (device, "scratch", wanted) == 0)
        return;
    self->reserved = wanted;
    self->used += wanted;
    self->peak = MAX (self->peak, self->used);
}

static void *
late_alloc (FoveaDevice *device, size_t bytes)
{
    Late *self = late (device);
    size_t size = find_room (device, "alloc", bytes);
    if (size == 0)
        return NULL;
    Buffer buffer = {take_pages (size, PROT_NONE), take_pages (size, PROT_READ | PROT_WRITE), size};
    memset (buffer.real, POISON, size);
    g_mutex_lock (&self->mutex);
    self->used += size;
    self->peak = MAX (self->peak, self->used);
    self->allocations++;
    g_array_append_val (self->buffers, buffer);
    g_mutex_unlock (&self->mutex);
    return buffer.handle;
}

static void
late_free (FoveaDevice *device, void *handle)
{
    Late *self = late (device);
    if (handle == NULL)
        return;
    g_mutex_lock (&self->mutex);
    run_all (self);
    guint i = 0;
    while (g_array_index (self->buffers, Buffer, i).handle != handle)
        i++;
    Buffer buffer = g_array_index (self->buffers, Buffer, i);
    g_array_remove_index_fast (self->buffers, i);
    self->used -= buffer.bytes;
    g_mutex_unlock (&self->mutex);
    munmap (buffer.handle, buffer.bytes);
    munmap (buffer.real, buffer.bytes);
}

static void *
late_alloc_pinned (FoveaDevice *device, size_t bytes)
{
    late (device)->allocations++;
    return g_malloc (bytes);
}

static void
late_free_pinned (FoveaDevice *device, void *memory)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    run_all (self);
    g_mutex_unlock (&self->mutex);
    g_free (memory);
}

static void
late_memory (FoveaDevice *device, size_t *free_bytes, size_t *total_bytes)
{
    *total_bytes = late (device)->options.memory;
    *free_bytes = *total_bytes - late (device)->used;
}

static void
late_sync (FoveaDevice *device)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    self->syncs++;
    run_all (self);
    if (self->failed != NULL)
        fovea_device_fail (device, self->failed, "made to fail");
    g_mutex_unlock (&self->mutex);
}

static void
late_write (FoveaDevice *device, void *to, const void *host, size_t bytes)
{
    const LateItem item = {.kind = LATE_WRITE,
                           .to = late_real (device, to),
                           .owned = g_memdup2 (host, bytes),
                           .bytes = bytes};
    late_enqueue (device, &item);
}

static void
late_read (FoveaDevice *device, void *host, const void *from, size_t bytes)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    run_all (self);
    self->reads++;
    if (self->failed == NULL)
        memcpy (host, late_real (device, from), bytes);
    g_mutex_unlock (&self->mutex);
}

static void
late_zero (FoveaDevice *device, void *buffer, size_t bytes)
{
    const LateItem item = {.kind = LATE_ZERO, .to = late_real (device, buffer), .bytes = bytes};
    late_enqueue (device, &item);
}

static void
late_copy_rows (FoveaDevice *device,
                void *to,
                size_t to_stride,
                const void *from,
                size_t from_stride,
                size_t n_rows,
                size_t bytes)
{
    const LateItem item = {.kind = LATE_COPY_ROWS,
                           .to = late_real (device, to),
                           .to_stride = to_stride,
                           .from = late_real (device, from),
                           .from_stride = from_stride,
                           .n = (int64_t) n_rows,
                           .bytes = bytes};
    late_enqueue (device, &item);
}

static FoveaTicket
late_copy_out (FoveaDevice *device, void *host, const void *from, size_t bytes)
{
    Late *self = late (device);
    memset (host, POISON, bytes);
    const LateItem item = {.kind = LATE_COPY_OUT,
                           .ticket = ++self->last,
                           .to = host,
                           .from = late_real (device, from),
                           .bytes = bytes};
    late_enqueue (device, &item);
    return item.ticket;
}

static void
late_order (FoveaDevice *device, FoveaTicket ticket)
{
    const LateItem item = {.kind = LATE_ORDER, .ticket = ticket};
    late_enqueue (device, &item);
}

static bool
late_wait (FoveaDevice *device, FoveaTicket ticket)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    run_until (self, ticket);
    bool ok = self->failed == NULL && !fovea_device_has_failed (device);
    g_mutex_unlock (&self->mutex);
    return ok;
}

static void
late_counts (FoveaDevice *device, FoveaDeviceCounts *counts)
{
    const Late *self = late (device);
    counts->allocations = self->allocations;
    counts->waits = self->reads + self->syncs;
    counts->deliveries = (uint64_t) self->last;
}

/* The arithmetic's entries, and those of memory and order. */
static FoveaOps
make_ops (void)
{
    FoveaOps ops = late_arithmetic;
    ops.name = "late";
    ops.memory = late_memory;
    ops.scratch = late_scratch;
    ops.reserve = late_reserve;
    ops.counts = late_counts;
    ops.sync = late_sync;
    ops.alloc = late_alloc;
    ops.free = late_free;
    ops.write = late_write;
    ops.read = late_read;
    ops.zero = late_zero;
    ops.copy_rows = late_copy_rows;
    ops.alloc_pinned = late_alloc_pinned;
    ops.free_pinned = late_free_pinned;
    ops.copy_out = late_copy_out;
    ops.order = late_order;
    ops.wait = late_wait;
    return ops;
}

FoveaDevice *
late_device_new (const LateOptions *options)
{
    g_autoptr (GError) error = NULL;
    Late *self = g_new0 (Late, 1);
    self->options = *options;
    if (self->options.memory == 0)
        self->options.memory = 1 << 30;
    self->inner = fovea_device_open ("cpu", MAX (options->n_threads, 1), &error);
    ck_assert_msg (self->inner != NULL, "%s", error != NULL ? error->message : "");
    self->ops = make_ops ();
    self->base.ops = &self->ops;
    self->base.description = g_strdup ("late device");
    self->buffers = g_array_new (FALSE, FALSE, sizeof (Buffer));
    self->random = options->seed;
    g_mutex_init (&self->mutex);
    g_queue_init (&self->operations);
    g_queue_init (&self->copies);
    return &self->base;
}

void
late_device_free (FoveaDevice *device)
{
    Late *self = late (device);
    g_mutex_lock (&self->mutex);
    run_all (self);
    g_mutex_unlock (&self->mutex);
    ck_assert_uint_eq (self->buffers->len, 0);
    fovea_device_free (self->inner);
    g_array_unref (self->buffers);
    g_mutex_clear (&self->mutex);
    g_free (self->failed);
    g_free (self->base.description);
    g_free (self->base.message);
    g_free (self);
}

guint
late_device_count (FoveaDevice *device)
{
    return late (device)->ran;
}

guint
late_device_reads (FoveaDevice *device)
{
    return late (device)->reads;
}

guint
late_device_allocations (FoveaDevice *device)
{
    return late (device)->allocations;
}

guint64
late_device_peak (FoveaDevice *device)
{
    return late (device)->peak;
}
