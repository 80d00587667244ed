/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* llama2.c's files hold no names and no offsets: all follows from the seven sizes, so these are
 * bounded before they are multiplied, and the sum must be the file's length to the byte. */
#include "capture/llama2c.h"

#include <math.h>
#include <string.h>

static const guint32 MAGIC = 0x616b3432;

enum {
    N_SIZES = 7,
    V0_HEADER = 4 * N_SIZES,
    V1_HEADER = 256,
    V1_TIED = 8 + 4 * N_SIZES,
    MAX_SIZE = 1 << 22,
    MAX_LAYERS = 4096,
    BOS = 1,
    EOS = 2,
};

/* One step of the layout: a matrix (rows, columns) or a vector (rows), for each layer or once. */
typedef struct {
    const char *name; /* NULL: passed over */
    gint64 rows, columns;
    gboolean layered;
} Part;

typedef struct {
    GBytes *bytes;
    const char *name;
    GStringChunk *names;
    GArray *tensors;
    gsize at; /* byte */
} Cursor;

static gint32
read_int (const guint8 *data, gsize at)
{
    gint32 value;
    memcpy (&value, data + at, sizeof value);
    return GINT32_FROM_LE (value);
}

static gboolean
place (Cursor *cursor, const char *name, guint rank, const gint64 *shape, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data (cursor->bytes, &length);
    gsize n = (gsize) shape[0] * (gsize) (rank == 2 ? shape[1] : 1);
    if (n > (length - cursor->at) / sizeof (float)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": the file ends inside %s (%" G_GSIZE_FORMAT
                     " floats)",
                     cursor->name, length, name != NULL ? name : "the rotary tables", n);
        return FALSE;
    }
    FoveaTensor tensor = {
        .dtype = FOVEA_F32,
        .rank = rank,
        .n_elements = (gint64) n,
        .data = data + cursor->at,
        .n_bytes = n * sizeof (float),
        .offset = cursor->at,
    };
    memcpy (tensor.shape, shape, rank * sizeof *shape);
    cursor->at += tensor.n_bytes;
    if (name != NULL) {
        tensor.name = g_string_chunk_insert (cursor->names, name);
        g_array_append_val (cursor->tensors, tensor);
    }
    return TRUE;
}

static gboolean
place_part (Cursor *cursor, const Part *part, gint64 n_layers, GError **error)
{
    const gint64 shape[2] = {part->rows, part->columns};
    guint rank = part->columns > 0 ? 2 : 1;
    gint64 n = part->layered ? n_layers : 1;
    for (gint64 i = 0; i < n; i++) {
        g_autofree char *name =
            part->layered ? g_strdup_printf ("layers.%" G_GINT64_FORMAT ".%s", i, part->name)
                          : g_strdup (part->name);
        if (!place (cursor, name, rank, shape, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
place_all (Cursor *cursor, const FoveaArchitecture *a, int version, GError **error)
{
    const gint64 C = a->width, F = a->mlp_width, kv = a->n_kv_heads * a->head_width;
    const Part embedding = {"embed_tokens.weight", a->vocabulary, C, FALSE};
    const Part norm1 = {"input_layernorm.weight", C, 0, TRUE};
    const Part norm2 = {"post_attention_layernorm.weight", C, 0, TRUE};
    const Part final_norm = {"norm.weight", C, 0, FALSE};
    const Part q = {"self_attn.q_proj.weight", C, C, TRUE};
    const Part k = {"self_attn.k_proj.weight", kv, C, TRUE};
    const Part v = {"self_attn.v_proj.weight", kv, C, TRUE};
    const Part o = {"self_attn.o_proj.weight", C, C, TRUE};
    const Part gate = {"mlp.gate_proj.weight", F, C, TRUE};
    const Part down = {"mlp.down_proj.weight", C, F, TRUE};
    const Part up = {"mlp.up_proj.weight", F, C, TRUE};
    const Part tables = {NULL, a->context, a->head_width, FALSE};
    const Part head = {"lm_head.weight", a->vocabulary, C, FALSE};
    const Part *const v0[] = {&embedding, &norm1, &q,    &k,  &v,          &o,
                              &norm2,     &gate,  &down, &up, &final_norm, &tables};
    const Part *const v1[] = {&norm1, &norm2, &final_norm, &embedding, &q, &k,
                              &v,     &o,     &gate,       &down,      &up};
    const Part *const *parts = version == 0 ? v0 : v1;
    gsize n = version == 0 ? G_N_ELEMENTS (v0) : G_N_ELEMENTS (v1);
    for (gsize i = 0; i < n; i++)
        if (!place_part (cursor, parts[i], a->n_layers, error))
            return FALSE;
    return a->tied_head || place_part (cursor, &head, a->n_layers, error);
}

static gboolean
check_sizes (const gint32 *sizes, const char *name, gsize at, GError **error)
{
    static const char *const what[N_SIZES] = {"dim",      "hidden",     "layers", "heads",
                                              "kv heads", "vocabulary", "context"};
    for (int i = 0; i < N_SIZES; i++) {
        gint32 max = i == 2 ? MAX_LAYERS : MAX_SIZE;
        if (sizes[i] >= 1 && sizes[i] <= max)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: no llama2.c checkpoint: byte %" G_GSIZE_FORMAT
                     ": %s is %d, not in 1 to %d",
                     name, at + 4 * (gsize) i, what[i], sizes[i], max);
        return FALSE;
    }
    if (sizes[0] % sizes[3] == 0 && sizes[3] % sizes[4] == 0 && sizes[0] / sizes[3] % 2 == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: byte %" G_GSIZE_FORMAT ": dim %d, %d heads and %d kv heads do not divide",
                 name, at, sizes[0], sizes[3], sizes[4]);
    return FALSE;
}

static FoveaArchitecture *
describe (const gint32 *sizes, gboolean tied)
{
    FoveaArchitecture *a = g_new0 (FoveaArchitecture, 1);
    a->family = g_strdup ("llama");
    a->width = sizes[0];
    a->mlp_width = sizes[1];
    a->n_layers = sizes[2];
    a->n_heads = sizes[3];
    a->n_kv_heads = sizes[4];
    a->vocabulary = sizes[5];
    a->context = sizes[6];
    a->head_width = a->width / a->n_heads;
    a->norm = FOVEA_NORM_RMS;
    a->norm_eps = 1e-5f;
    a->position = FOVEA_POSITION_ROTARY;
    a->rotary_width = a->head_width;
    a->rotary_base = 10000;
    a->rotary_interleaved = TRUE;
    a->activation = FOVEA_ACTIVATION_SILU;
    a->gated = TRUE;
    a->tied_head = tied;
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    a->weight_dtype = FOVEA_F32;
    a->bos_id = BOS;
    a->eos_id = a->eos_ids[0] = EOS;
    a->n_eos_ids = 1;
    return a;
}

/* Version, or -1. */
static int
read_version (const guint8 *data, gsize length, const char *name, GError **error)
{
    if (length < V0_HEADER) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": the file ends inside llama2.c's header", name,
                     length);
        return -1;
    }
    if ((guint32) read_int (data, 0) != MAGIC)
        return 0;
    gint32 version = read_int (data, 4);
    if (version == 1 && length >= V1_HEADER)
        return 1;
    g_set_error (error, FOVEA_ERROR, version == 1 ? FOVEA_ERROR_FORMAT : FOVEA_ERROR_UNSUPPORTED,
                 version == 1 ? "%s: the file ends inside llama2.c's header of version %d"
                              : "%s: llama2.c version %d is not supported (known: 0, 1)",
                 name, version);
    return -1;
}

GArray *
fovea_llama2c_read (GBytes *bytes,
                    const char *name,
                    GStringChunk *names,
                    FoveaArchitecture **architecture,
                    GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    int version = read_version (data, length, name, error);
    if (version < 0)
        return NULL;
    gint32 sizes[N_SIZES];
    gsize first = version == 0 ? 0 : 8;
    for (gsize i = 0; i < N_SIZES; i++)
        sizes[i] = read_int (data, first + 4 * i);
    gboolean tied = version == 0 ? sizes[5] > 0 : data[V1_TIED] != 0;
    if (version == 0 && sizes[5] < 0 && sizes[5] > G_MININT32)
        sizes[5] = -sizes[5];
    if (!check_sizes (sizes, name, first, error))
        return NULL;
    g_autoptr (FoveaArchitecture) a = describe (sizes, tied);
    g_autoptr (GArray) tensors = g_array_new (FALSE, TRUE, sizeof (FoveaTensor));
    Cursor cursor = {bytes, name, names, tensors, version == 0 ? V0_HEADER : V1_HEADER};
    if (!place_all (&cursor, a, version, error))
        return NULL;
    if (cursor.at != length) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT
                     ": weights end here, the file at byte %" G_GSIZE_FORMAT,
                     name, cursor.at, length);
        return NULL;
    }
    *architecture = g_steal_pointer (&a);
    return g_steal_pointer (&tensors);
}
