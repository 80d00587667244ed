/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tensors of a file to arrays. Formats differ in names and in which side of a matrix is the
 * latents'; the name says both, so one table serves them all. */
#include <string.h>

#include "analysis/sae-file-private.h"

static const struct {
    const char *theirs, *ours;
    gboolean transposed;
} aliases[] = {
    {"encoder.weight", "W_enc", TRUE},
    {"decoder.weight", "W_dec", TRUE},
    {"encoder.bias", "b_enc", FALSE},
    {"decoder.bias", "b_dec", FALSE},
    {"decoder_bias", "b_dec", FALSE},
    {"bias", "b_dec", FALSE},
    {"gate_bias", "b_gate", FALSE},
    {"mag_bias", "b_mag", FALSE},
    {"jump_relu_threshold", "threshold", FALSE},
};

/* Scalars that repeat what the configuration says. */
static const char *const passed_over[] = {"k", "group_sizes"};

/* One file on its way in. */
typedef struct {
    FoveaSae *sae;
    const char *name;
    gboolean foreign;
    gboolean filled[FOVEA_N_SAE_TENSORS];
} Filling;

static int
find_slot (FoveaSae *sae, const char *name, gboolean *transposed)
{
    *transposed = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
        if (strcmp (aliases[i].theirs, name) == 0) {
            *transposed = aliases[i].transposed;
            name = aliases[i].ours;
            break;
        }
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++)
        if (strcmp (fovea_sae_get_tensor (sae, i).name, name) == 0)
            return (int) i;
    return -1;
}

static gboolean
is_passed_over (const Filling *filling, const FoveaTensor *tensor, const FoveaSaeTensor *slot)
{
    if (!filling->foreign)
        return FALSE;
    if (slot != NULL)
        return !slot->allowed && strcmp (slot->name, "threshold") == 0;
    for (gsize i = 0; i < G_N_ELEMENTS (passed_over); i++)
        if (strcmp (passed_over[i], tensor->name) == 0)
            return TRUE;
    return FALSE;
}

static char *
print_shape (guint rank, const gint64 *shape)
{
    GString *text = g_string_new ("(");
    for (guint i = 0; i < rank; i++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
    return g_string_free (g_string_append_c (text, ')'), FALSE);
}

static gboolean
check_shape (const Filling *filling,
             const FoveaTensor *tensor,
             const FoveaSaeTensor *slot,
             gboolean transposed,
             GError **error)
{
    gint64 expected[2] = {slot->shape[0], slot->shape[1]};
    if (transposed) {
        expected[0] = slot->shape[1];
        expected[1] = slot->shape[0];
    }
    if (tensor->rank == slot->rank &&
        memcmp (tensor->shape, expected, slot->rank * sizeof *expected) == 0)
        return TRUE;
    g_autofree char *got = print_shape (tensor->rank, tensor->shape);
    g_autofree char *wanted = print_shape (slot->rank, expected);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: tensor \"%s\" is %s, expected %s",
                 filling->name, tensor->name, got, wanted);
    return FALSE;
}

static void
transpose (const float *in, gint64 rows, gint64 columns, float *out)
{
    for (gint64 r = 0; r < rows; r++)
        for (gint64 c = 0; c < columns; c++)
            out[c * rows + r] = in[r * columns + c];
}

static gboolean
copy_tensor (Filling *filling,
             const FoveaTensor *tensor,
             const FoveaSaeTensor *slot,
             gboolean transposed,
             GError **error)
{
    gsize n = (gsize) (slot->shape[0] * MAX (slot->shape[1], 1));
    float *values = *slot->values != NULL ? *slot->values : g_try_new (float, n);
    if (values == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "%s: no memory for tensor \"%s\" of %" G_GSIZE_FORMAT " numbers",
                     filling->name, tensor->name, n);
        return FALSE;
    }
    *slot->values = values;
    if (tensor->n_elements == 1 && slot->rank == 1) {
        /* One threshold for all latents. */
        fovea_dtype_to_f32 (tensor->data, tensor->dtype, 1, values);
        for (gsize i = 1; i < n; i++)
            values[i] = values[0];
        return TRUE;
    }
    if (!check_shape (filling, tensor, slot, transposed, error))
        return FALSE;
    if (!transposed) {
        fovea_dtype_to_f32 (tensor->data, tensor->dtype, n, values);
        return TRUE;
    }
    g_autofree float *turned = g_new (float, n);
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, n, turned);
    transpose (turned, tensor->shape[0], tensor->shape[1], values);
    return TRUE;
}

static gboolean
fill_one (Filling *filling, const FoveaTensor *tensor, GError **error)
{
    gboolean transposed;
    int at = find_slot (filling->sae, tensor->name, &transposed);
    FoveaSaeTensor slot =
        at >= 0 ? fovea_sae_get_tensor (filling->sae, (guint) at) : (FoveaSaeTensor){0};
    if (is_passed_over (filling, tensor, at >= 0 ? &slot : NULL))
        return TRUE;
    if (at < 0 || !slot.allowed || filling->filled[at]) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     at >= 0 && slot.allowed ? "%s: tensor \"%s\" is there twice (%s)"
                                             : "%s: tensor \"%s\" has no place in a %s",
                     filling->name, tensor->name,
                     fovea_sae_architecture_name (filling->sae->architecture));
        return FALSE;
    }
    filling->filled[at] = TRUE;
    if (strcmp (slot.name, "W_dec") == 0)
        filling->sae->dtype =
            tensor->dtype == FOVEA_F16 || tensor->dtype == FOVEA_BF16 ? tensor->dtype : FOVEA_F32;
    return copy_tensor (filling, tensor, &slot, transposed, error);
}

/* Old files carry a factor of ones that means nothing. */
static void
drop_ones (FoveaSae *sae)
{
    for (gint64 j = 0; sae->scaling_factor != NULL && j < sae->d_sae; j++)
        if (sae->scaling_factor[j] != 1)
            return;
    g_clear_pointer (&sae->scaling_factor, g_free);
}

gboolean
fovea_sae_fill (FoveaSae *sae,
                const FoveaTensor *tensors,
                guint n,
                const char *name,
                gboolean foreign,
                GError **error)
{
    Filling filling = {.sae = sae, .name = name, .foreign = foreign};
    for (guint i = 0; i < n; i++)
        if (!fill_one (&filling, &tensors[i], error))
            return FALSE;
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor slot = fovea_sae_get_tensor (sae, i);
        gboolean spare = foreign && (sae->b_enc == *slot.values || sae->b_dec == *slot.values);
        if (!slot.required || filling.filled[i] || spare)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s has no tensor \"%s\", which a %s needs", name, slot.name,
                     fovea_sae_architecture_name (sae->architecture));
        return FALSE;
    }
    drop_ones (sae);
    if (fovea_sae_check (sae, error))
        return TRUE;
    g_prefix_error (error, "%s: ", name);
    return FALSE;
}
