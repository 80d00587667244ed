/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The object, and one table of its arrays that loading, saving and checking read: which architecture
 * has which, and how long they are. */
#include "analysis/sae.h"

#include <math.h>

#include "capture/json.h"

/* What an architecture has, as bits. */
enum {
    HAS_ENCODER = 1,
    HAS_B_ENC = 2,
    HAS_GATE = 4,
    HAS_THRESHOLD = 8,
    HAS_SKIP = 16,
    IS_TRANSCODER = 32,
    HAS_K = 64,
    HAS_SIGNS = 128,
    MAY_HAVE_THRESHOLD = 256,
    ALWAYS = 512,
    NEVER_REQUIRED = 1024,
};

static const struct {
    const char *name;
    int has;
} architectures[FOVEA_N_SAE_ARCHITECTURES] = {
    [FOVEA_SAE_STANDARD] = {"standard", HAS_ENCODER | HAS_B_ENC},
    [FOVEA_SAE_GATED] = {"gated", HAS_ENCODER | HAS_GATE},
    [FOVEA_SAE_JUMPRELU] = {"jumprelu", HAS_ENCODER | HAS_B_ENC | HAS_THRESHOLD},
    [FOVEA_SAE_TOPK] = {"topk", HAS_ENCODER | HAS_B_ENC | HAS_K},
    [FOVEA_SAE_ABSTOPK] = {"abstopk", HAS_ENCODER | HAS_B_ENC | HAS_K | HAS_SIGNS},
    [FOVEA_SAE_BATCHTOPK] = {"batchtopk", HAS_ENCODER | HAS_B_ENC | HAS_K | MAY_HAVE_THRESHOLD},
    [FOVEA_SAE_MATRYOSHKA_BATCHTOPK] = {"matryoshka_batchtopk",
                                        HAS_ENCODER | HAS_B_ENC | HAS_K | MAY_HAVE_THRESHOLD},
    [FOVEA_SAE_BATCH_ABSTOPK] = {"batch_abstopk", HAS_ENCODER | HAS_B_ENC | HAS_K | HAS_SIGNS},
    [FOVEA_SAE_MATCHING_PURSUIT] = {"matching_pursuit", 0},
    [FOVEA_SAE_TRANSCODER] = {"transcoder", HAS_ENCODER | HAS_B_ENC | IS_TRANSCODER},
    [FOVEA_SAE_SKIP_TRANSCODER] = {"skip_transcoder",
                                   HAS_ENCODER | HAS_B_ENC | HAS_SKIP | IS_TRANSCODER},
    [FOVEA_SAE_JUMPRELU_TRANSCODER] = {"jumprelu_transcoder",
                                       HAS_ENCODER | HAS_B_ENC | HAS_THRESHOLD | IS_TRANSCODER},
    [FOVEA_SAE_JUMPRELU_SKIP_TRANSCODER] = {"jumprelu_skip_transcoder",
                                            HAS_ENCODER | HAS_B_ENC | HAS_THRESHOLD | HAS_SKIP |
                                                IS_TRANSCODER},
};

static const char *const normalize_names[FOVEA_N_SAE_NORMALIZES] = {
    "none", "expected_average_only_in", "constant_norm_rescale", "layer_norm"};

/* Lengths: 'd' d_in, 'o' d_out, 'F' d_sae. */
static const struct {
    const char *name;
    const char *shape;
    gsize slot;
    int of;  /* bits of architectures that must have it */
    int may; /* further ones that may */
} tensors[FOVEA_N_SAE_TENSORS] = {
    {"W_dec", "Fo", G_STRUCT_OFFSET (FoveaSae, w_dec), ALWAYS, 0},
    {"W_enc", "dF", G_STRUCT_OFFSET (FoveaSae, w_enc), HAS_ENCODER, 0},
    {"W_skip", "od", G_STRUCT_OFFSET (FoveaSae, w_skip), HAS_SKIP, 0},
    {"b_dec", "o", G_STRUCT_OFFSET (FoveaSae, b_dec), ALWAYS, 0},
    {"b_enc", "F", G_STRUCT_OFFSET (FoveaSae, b_enc), HAS_B_ENC, 0},
    {"b_gate", "F", G_STRUCT_OFFSET (FoveaSae, b_gate), HAS_GATE, 0},
    {"b_mag", "F", G_STRUCT_OFFSET (FoveaSae, b_mag), HAS_GATE, 0},
    {"r_mag", "F", G_STRUCT_OFFSET (FoveaSae, r_mag), HAS_GATE, 0},
    {"scaling_factor", "F", G_STRUCT_OFFSET (FoveaSae, scaling_factor), NEVER_REQUIRED, ALWAYS},
    {"threshold", "F", G_STRUCT_OFFSET (FoveaSae, threshold), HAS_THRESHOLD, MAY_HAVE_THRESHOLD},
};

static int
get_bits (FoveaSaeArchitecture architecture)
{
    return architectures[architecture].has | ALWAYS;
}

static gint64
get_length (const FoveaSae *sae, char axis)
{
    return axis == 'F' ? sae->d_sae : axis == 'd' ? sae->d_in : sae->d_out;
}

FoveaSaeTensor
fovea_sae_get_tensor (FoveaSae *sae, guint i)
{
    g_return_val_if_fail (i < FOVEA_N_SAE_TENSORS, (FoveaSaeTensor){0});
    int bits = get_bits (sae->architecture);
    FoveaSaeTensor tensor = {.name = tensors[i].name,
                             .values = (float **) G_STRUCT_MEMBER_P (sae, tensors[i].slot),
                             .required = (bits & tensors[i].of) != 0,
                             .allowed = (bits & (tensors[i].of | tensors[i].may)) != 0};
    for (const char *axis = tensors[i].shape; *axis != '\0'; axis++)
        tensor.shape[tensor.rank++] = get_length (sae, *axis);
    return tensor;
}

static gboolean
check_sizes (
    FoveaSaeArchitecture architecture, gint64 d_in, gint64 d_out, gint64 d_sae, GError **error)
{
    if (d_in < 1 || d_out < 1 || d_sae < 1 || d_sae > G_MAXINT32) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "d_in %" G_GINT64_FORMAT ", d_out %" G_GINT64_FORMAT
                     ", d_sae %" G_GINT64_FORMAT ": all must be 1 or more, d_sae below 2^31",
                     d_in, d_out, d_sae);
        return FALSE;
    }
    if (d_in == d_out || fovea_sae_is_transcoder (architecture))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "d_out %" G_GINT64_FORMAT " differs from d_in %" G_GINT64_FORMAT
                 ", but %s writes where it reads",
                 d_out, d_in, architectures[architecture].name);
    return FALSE;
}

static gboolean
allocate (FoveaSae *sae, GError **error)
{
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        if (!tensor.required)
            continue;
        gsize n = (gsize) tensor.shape[0];
        gboolean fits = tensor.rank < 2 || g_size_checked_mul (&n, n, (gsize) tensor.shape[1]);
        *tensor.values = fits ? g_try_new0 (float, n) : NULL;
        if (*tensor.values != NULL)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "%s of %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                     " numbers does not fit memory",
                     tensor.name, tensor.shape[0], MAX (tensor.shape[1], 1));
        return FALSE;
    }
    return TRUE;
}

FoveaSae *
fovea_sae_new (
    FoveaSaeArchitecture architecture, gint64 d_in, gint64 d_out, gint64 d_sae, GError **error)
{
    if (!check_sizes (architecture, d_in, d_out, d_sae, error))
        return NULL;
    g_autoptr (FoveaSae) sae = g_new0 (FoveaSae, 1);
    sae->architecture = architecture;
    sae->d_in = d_in;
    sae->d_out = d_out;
    sae->d_sae = d_sae;
    sae->k = fovea_sae_has_k (architecture) ? (double) MIN (100, d_sae) : 0;
    sae->apply_b_dec_to_input = !fovea_sae_is_transcoder (architecture);
    sae->residual_threshold = 1e-2;
    sae->stop_on_duplicate_support = TRUE;
    sae->dtype = FOVEA_F32;
    sae->config = json_object_new ();
    json_object_set_object_member (sae->config, "metadata", json_object_new ());
    if (!allocate (sae, error))
        return NULL;
    return g_steal_pointer (&sae);
}

void
fovea_sae_free (FoveaSae *sae)
{
    if (sae == NULL)
        return;
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++)
        g_free (*fovea_sae_get_tensor (sae, i).values);
    g_free (sae->folded_norm);
    g_clear_pointer (&sae->config, json_object_unref);
    g_free (sae);
}

static gboolean
check_finite (FoveaSaeTensor tensor, GError **error)
{
    gint64 n = tensor.shape[0] * MAX (tensor.shape[1], 1);
    for (gint64 i = 0; i < n; i++)
        if (!isfinite ((*tensor.values)[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "%s: the number at %" G_GINT64_FORMAT " is %g", tensor.name, i,
                         (double) (*tensor.values)[i]);
            return FALSE;
        }
    return TRUE;
}

gboolean
fovea_sae_check_latent (const FoveaSae *sae, gint64 latent, GError **error)
{
    if (latent >= 0 && latent < sae->d_sae)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "latent %" G_GINT64_FORMAT " is outside 0 .. %" G_GINT64_FORMAT, latent,
                 sae->d_sae - 1);
    return FALSE;
}

gboolean
fovea_sae_check_width (const FoveaSae *sae, const char *site, gint64 width, GError **error)
{
    if (sae->d_in == width)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s has %" G_GINT64_FORMAT " numbers a token, but the autoencoder reads "
                 "%" G_GINT64_FORMAT,
                 site, width, sae->d_in);
    return FALSE;
}

gboolean
fovea_sae_check (const FoveaSae *sae, GError **error)
{
    if (fovea_sae_has_k (sae->architecture) && !(sae->k >= 1 && sae->k <= (double) sae->d_sae)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "k %g is outside 1 .. %" G_GINT64_FORMAT " latents", sae->k, sae->d_sae);
        return FALSE;
    }
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        /* The table hands out writable slots; nothing is written here. */
        FoveaSaeTensor tensor = fovea_sae_get_tensor ((FoveaSae *) sae, i);
        if (*tensor.values != NULL && !check_finite (tensor, error))
            return FALSE;
    }
    return TRUE;
}

const char *
fovea_sae_architecture_name (FoveaSaeArchitecture architecture)
{
    return architectures[architecture].name;
}

int
fovea_sae_architecture_from_name (const char *name)
{
    for (int i = 0; i < FOVEA_N_SAE_ARCHITECTURES; i++)
        if (g_strcmp0 (architectures[i].name, name) == 0)
            return i;
    return -1;
}

const char *
fovea_sae_normalize_name (FoveaSaeNormalize normalize)
{
    return normalize_names[normalize];
}

gboolean
fovea_sae_is_transcoder (FoveaSaeArchitecture architecture)
{
    return (get_bits (architecture) & IS_TRANSCODER) != 0;
}

gboolean
fovea_sae_has_k (FoveaSaeArchitecture architecture)
{
    return (get_bits (architecture) & HAS_K) != 0;
}

gboolean
fovea_sae_has_signs (FoveaSaeArchitecture architecture)
{
    return (get_bits (architecture) & HAS_SIGNS) != 0;
}

float *
fovea_sae_decoder_norms (const FoveaSae *sae)
{
    float *norms = g_new (float, (gsize) sae->d_sae);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        const float *row = sae->w_dec + j * sae->d_out;
        double sum = 0;
        for (gint64 c = 0; c < sae->d_out; c++)
            sum += (double) row[c] * (double) row[c];
        norms[j] = (float) sqrt (sum);
    }
    return norms;
}

const char *
fovea_sae_get_metadata (const FoveaSae *sae, const char *key)
{
    return fovea_json_get_text (fovea_json_get_object (sae->config, "metadata"), key);
}

void
fovea_sae_set_metadata (FoveaSae *sae, const char *key, const char *value)
{
    JsonObject *metadata = fovea_json_get_object (sae->config, "metadata");
    if (metadata == NULL) {
        metadata = json_object_new ();
        json_object_set_object_member (sae->config, "metadata", metadata);
    }
    if (value != NULL)
        json_object_set_string_member (metadata, key, value);
    else if (json_object_has_member (metadata, key))
        json_object_remove_member (metadata, key);
}
