/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as an archive or safetensors file to import, and as the description in its metadata. A
 * trace that comes out must answer every point that it lists; an extent that is read can be printed and
 * read again. */
#include "capture/architecture-json.h"
#include "capture/exchange-extent.h"
#include "capture/exchange-metadata.h"
#include "capture/exchange.h"
#include "tests/fuzz.h"

#include <string.h>

enum {
    MAX_ELEMENTS = 1 << 16,
    MAX_DERIVED = 512 /* tokens whose maps are computed: longer ones only take longer */
};

static void
read_all (FoveaTrace *trace)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 rows = fovea_array_n_rows (array), length = fovea_array_row_length (array);
        if (rows < 1 || length < 1 || rows > MAX_ELEMENTS / length)
            continue;
        g_autofree float *out = g_new (float, rows *length);
        g_assert (fovea_trace_read (trace, array->name, 0, rows, out, NULL));
    }
}

static void
import (GBytes *bytes, const char *name)
{
    g_autoptr (FoveaTrace) trace = fovea_exchange_import_bytes (bytes, name, NULL);
    if (trace == NULL)
        return;
    read_all (trace);
    if (fovea_trace_get_info (trace)->n_tokens <= MAX_DERIVED)
        fuzz_read_derived (trace);
}

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    import (bytes, "x.npz");
    import (bytes, "x.safetensors");
    g_autofree char *text = g_strndup ((const char *) data, size);
    g_autoptr (FoveaArchitecture) architecture = fovea_architecture_from_json (text, "x", NULL);
    g_auto (GStrv) texts = fovea_exchange_read_texts (text, 2, NULL);
    g_autoptr (FoveaExtent) extent = fovea_extent_read (text, NULL);
    if (extent == NULL)
        return;
    g_autofree char *printed = fovea_extent_print (extent);
    g_autoptr (FoveaExtent) again = fovea_extent_read (printed, NULL);
    g_assert (again != NULL && memcmp (&again->part, &extent->part, sizeof extent->part) == 0);
}
