/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What leaves a trainer: the autoencoder, and checkpoints. A checkpoint holds everything that later
 * steps depend on, numbers as their bits: a run that goes on from it gives the same bits as one that
 * was never interrupted. */
#include <math.h>
#include <string.h>

#include "analysis/sae-train-private.h"
#include "capture/safetensors-writer.h"
#include "capture/safetensors.h"

static FoveaSaeArchitecture
get_architecture (const FoveaSaeLossOptions *o)
{
    switch (o->rule) {
    case FOVEA_SAE_RULE_STANDARD:
        return o->transcoder ? FOVEA_SAE_TRANSCODER : FOVEA_SAE_STANDARD;
    case FOVEA_SAE_RULE_GATED:
        return FOVEA_SAE_GATED;
    case FOVEA_SAE_RULE_TOPK:
        return FOVEA_SAE_TOPK;
    case FOVEA_SAE_RULE_ABSTOPK:
    case FOVEA_SAE_RULE_BATCH_ABSTOPK:
        return FOVEA_SAE_ABSTOPK;
    default:
        return o->transcoder ? FOVEA_SAE_JUMPRELU_TRANSCODER : FOVEA_SAE_JUMPRELU;
    }
}

/* Codes of a batch rule that competed by p times the decoder's norm are compared with one
 * threshold, so the norms go into the encoder. */
static void
fold_norms (FoveaSae *sae)
{
    g_autofree float *norm = fovea_sae_decoder_norms (sae);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        float n = norm[j] > 0 ? norm[j] : 1;
        for (gint64 i = 0; i < sae->d_in; i++)
            sae->w_enc[i * sae->d_sae + j] *= n;
        for (gint64 i = 0; i < sae->d_out; i++)
            sae->w_dec[j * sae->d_out + i] /= n;
        sae->b_enc[j] *= n;
    }
}

static void
fill_thresholds (const FoveaSaeTrainer *t, FoveaSae *sae)
{
    gboolean jumps = t->w->log_threshold != NULL;
    for (gint64 j = 0; j < sae->d_sae; j++)
        sae->threshold[j] = jumps ? expf (t->w->log_threshold[j]) : (float) t->threshold;
    if (!jumps && t->options.loss.rescales)
        fold_norms (sae);
}

FoveaSae *
fovea_sae_trainer_make_sae (const FoveaSaeTrainer *t, GError **error)
{
    const FoveaSaeParameters *w = t->w;
    const FoveaSaeLossOptions *o = &t->options.loss;
    fovea_sae_trainer_fetch (t);
    FoveaSae *sae = fovea_sae_new (get_architecture (o), w->d_in, w->d_out, w->n_latents, error);
    if (sae == NULL)
        return NULL;
    gsize per_latent = (gsize) w->n_latents * sizeof (float);
    for (gint64 j = 0; j < w->n_latents; j++)
        for (gint64 i = 0; i < w->d_in; i++)
            sae->w_enc[i * w->n_latents + j] = w->w_enc[j * w->d_in + i];
    memcpy (sae->w_dec, w->w_dec, (gsize) w->d_out * per_latent);
    memcpy (sae->b_dec, w->b_dec, (gsize) w->d_out * sizeof (float));
    memcpy (o->rule == FOVEA_SAE_RULE_GATED ? sae->b_gate : sae->b_enc, w->b_enc, per_latent);
    if (w->b_mag != NULL) {
        memcpy (sae->b_mag, w->b_mag, per_latent);
        memcpy (sae->r_mag, w->r_mag, per_latent);
    }
    sae->apply_b_dec_to_input = o->subtracts_b_dec;
    if (fovea_sae_has_k (sae->architecture)) {
        sae->k = floor (o->k);
        sae->rescale_acts_by_decoder_norm = o->rescales;
    }
    if (sae->threshold != NULL)
        fill_thresholds (t, sae);
    return sae;
}

/* Arrays of a checkpoint, in the order of the file. */
typedef struct {
    const char *name;
    FoveaDtype dtype;
    void *data;
    gint64 n;
} Kept;

enum {
    N_KEPT = 5
};

static void
list_kept (const FoveaSaeTrainer *t, const FoveaSaeBuffer *buffer, Kept *kept)
{
    gint64 n_rows = buffer != NULL ? buffer->n * buffer->width : 0;
    const Kept all[N_KEPT] = {
        {"parameters", FOVEA_F32, t->w->all, t->w->n},
        {"mean", FOVEA_F32, t->mean->all, t->w->n},
        {"square", FOVEA_F32, t->square->all, t->w->n},
        {"since", FOVEA_I32, t->since, t->w->n_latents},
        {"rows", FOVEA_F32, buffer != NULL ? buffer->rows : NULL, n_rows},
    };
    memcpy (kept, all, sizeof all);
}

static gsize
kept_bytes (const Kept *kept)
{
    return (gsize) kept->n * fovea_dtype_size (kept->dtype);
}

/* Numbers of a checkpoint beside its arrays, as text that keeps every bit. */
static char *
describe_state (const FoveaSaeTrainer *t, const FoveaSaeBuffer *buffer)
{
    GString *text = g_string_new (NULL);
    guint64 threshold;
    memcpy (&threshold, &t->threshold, sizeof threshold);
    g_string_printf (text, "%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT, t->step, threshold);
    for (guint i = 0; i < 4; i++)
        g_string_append_printf (text, " %" G_GUINT64_FORMAT, t->random.state[i]);
    for (guint i = 0; buffer != NULL && i < 4; i++)
        g_string_append_printf (text, " %" G_GUINT64_FORMAT, buffer->random.state[i]);
    if (buffer != NULL)
        g_string_append_printf (text, " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT, buffer->next,
                                buffer->filled);
    return g_string_free (text, FALSE);
}

static gboolean
read_state (FoveaSaeTrainer *t, FoveaSaeBuffer *buffer, const char *text)
{
    guint64 numbers[12] = {0};
    guint n = 0, want = buffer != NULL ? 12 : 6;
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    for (; words[n] != NULL && n < want; n++)
        if (!g_ascii_string_to_unsigned (words[n], 10, 0, G_MAXUINT64, &numbers[n], NULL))
            return FALSE;
    if (n != want || words[n] != NULL)
        return FALSE;
    t->step = (gint64) numbers[0];
    memcpy (&t->threshold, &numbers[1], sizeof t->threshold);
    memcpy (t->random.state, numbers + 2, sizeof t->random.state);
    if (buffer == NULL)
        return TRUE;
    memcpy (buffer->random.state, numbers + 6, sizeof buffer->random.state);
    buffer->next = (gint64) numbers[10];
    buffer->filled = numbers[11];
    return buffer->next >= 0 && buffer->next <= buffer->n;
}

void
fovea_sae_trainer_set_source (FoveaSaeTrainer *t, const char *source)
{
    g_free (t->source);
    t->source = g_strdup (source);
}

gboolean
fovea_sae_trainer_save (const FoveaSaeTrainer *t,
                        const FoveaSaeBuffer *buffer,
                        const char *path,
                        GError **error)
{
    Kept kept[N_KEPT];
    guint n = buffer != NULL ? N_KEPT : N_KEPT - 1;
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    g_autofree char *options = fovea_sae_train_options_describe (&t->options);
    g_autofree char *state = describe_state (t, buffer);
    fovea_sae_trainer_fetch (t);
    list_kept (t, buffer, kept);
    fovea_safetensors_writer_add_metadata (writer, "options", options);
    fovea_safetensors_writer_add_metadata (writer, "state", state);
    if (t->source != NULL)
        fovea_safetensors_writer_add_metadata (writer, "rows", t->source);
    for (guint i = 0; i < n; i++)
        if (!fovea_safetensors_writer_add_tensor (writer, kept[i].name, kept[i].dtype, 1,
                                                  &kept[i].n, error))
            return FALSE;
    for (guint i = 0; i < n; i++)
        if (!fovea_safetensors_writer_append (writer, kept[i].data, kept_bytes (&kept[i]), error))
            return FALSE;
    return fovea_safetensors_writer_finish (writer, error);
}

static gboolean
load_kept (FoveaSafetensors *file, const Kept *kept, const char *path, GError **error)
{
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, kept->name);
    if (tensor != NULL && tensor->dtype == kept->dtype && tensor->n_elements == kept->n) {
        memcpy (kept->data, tensor->data, kept_bytes (kept));
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: '%s' has %" G_GINT64_FORMAT " numbers, this run needs %" G_GINT64_FORMAT,
                 path, kept->name, tensor != NULL ? tensor->n_elements : 0, kept->n);
    return FALSE;
}

gboolean
fovea_sae_trainer_load (FoveaSaeTrainer *t,
                        FoveaSaeBuffer *buffer,
                        const char *path,
                        GError **error)
{
    Kept kept[N_KEPT];
    g_autofree char *options = fovea_sae_train_options_describe (&t->options);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, error);
    if (file == NULL)
        return FALSE;
    const char *theirs = fovea_safetensors_get_metadata (file, "options");
    const char *state = fovea_safetensors_get_metadata (file, "state");
    if (theirs == NULL || strcmp (theirs, options) != 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s is of another run\n  its options: %s\n  this run's:  %s", path,
                     theirs != NULL ? theirs : "none", options);
        return FALSE;
    }
    const char *rows = fovea_safetensors_get_metadata (file, "rows");
    if (rows != NULL && t->source != NULL && strcmp (rows, t->source) != 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s is of other rows\n  its rows:   %s\n  this run's: %s", path, rows,
                     t->source);
        return FALSE;
    }
    list_kept (t, buffer, kept);
    for (guint i = 0; i < (buffer != NULL ? N_KEPT : N_KEPT - 1); i++)
        if (!load_kept (file, &kept[i], path, error))
            return FALSE;
    if (state == NULL || !read_state (t, buffer, state)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: its state is damaged: '%s'", path,
                     state != NULL ? state : "");
        return FALSE;
    }
    for (gint64 j = 0; j < t->w->n_latents; j++)
        t->dead[j] = t->since[j] >= t->options.dead_window;
    fovea_sae_trainer_push (t);
    return TRUE;
}
