/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Checkpoints as models: real ones against their published facts, and small made ones, each spoilt
 * in one place, against the message that must name it. */
#include "capture/content-hash.h"
#include "capture/model.h"
#include "capture/safetensors-writer.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    C = 4, /* width of the made GPT-2: 2 layers, 2 heads of width 2, vocabulary 5, context 3 */
};

static FoveaModel *
open_good (const char *path)
{
    g_autoptr (GError) error = NULL;
    FoveaModel *model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    return model;
}

static void
check_refused (const char *path, int code, const char *words)
{
    g_autoptr (GError) error = NULL;
    FoveaModel *model = fovea_model_open (path, &error);
    ck_assert_ptr_null (model);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "%s lacks %s", error->message, words);
}

static FoveaWeight
get_matrix (FoveaModel *model, FoveaWeightRole role, guint layer)
{
    FoveaWeight weight = {0};
    ck_assert (fovea_model_get_matrix (model, role, layer, &weight));
    return weight;
}

/* One element, by the meaning of FoveaWeight. */
static float
element (const FoveaWeight *weight, gint64 out, gint64 in)
{
    gint64 at = weight->input_major ? in * weight->stride + out : out * weight->stride + in;
    float value;
    fovea_dtype_to_f32 ((const guint8 *) weight->data +
                            (gsize) at * fovea_dtype_size (weight->dtype),
                        weight->dtype, 1, &value);
    return value;
}

START_TEST (demo_is_found_and_is_what_its_card_says)
{
    g_unsetenv ("FOVEA_DATA_DIR");
    g_autoptr (FoveaModel) model = open_good ("demo");
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    ck_assert_str_eq (fovea_model_get_name (model), "fovea-demo");
    ck_assert_str_eq (a->family, "llama");
    ck_assert_int_eq (a->n_parameters, 12587904);
    ck_assert_uint_eq (fovea_model_get_weight_bytes (model), 2 * 12587904);
    ck_assert (a->n_layers == 6 && a->n_heads == 12 && a->n_kv_heads == 4 && a->head_width == 32);
    ck_assert (a->weight_dtype == FOVEA_BF16 && a->tied_head && a->context == 4096);
    ck_assert (fovea_model_check_complete (model, NULL));
    FoveaWeight k = get_matrix (model, FOVEA_WEIGHT_K, 5);
    ck_assert (k.n_out == 128 && k.n_in == 384 && k.stride == 384 && !k.input_major);
    ck_assert_ptr_eq (get_matrix (model, FOVEA_WEIGHT_EMBED, 0).data,
                      get_matrix (model, FOVEA_WEIGHT_UNEMBED, 0).data);
    ck_assert_ptr_nonnull (fovea_model_get_vector (model, FOVEA_WEIGHT_NORM2_GAIN, 5));
    ck_assert_ptr_null (fovea_model_get_vector (model, FOVEA_WEIGHT_NORM2_BIAS, 5));
    ck_assert (!fovea_model_get_matrix (model, FOVEA_WEIGHT_POSITION, 0, &k));
}
END_TEST

START_TEST (hash_is_that_of_config_and_weights)
{
    g_autoptr (FoveaModel) model = open_good ("demo");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_cancellable_cancel (cancellable);
    ck_assert_ptr_null (fovea_model_get_hash (model, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    const char *const names[] = {"data/demo/config.json", "data/demo/model.safetensors"};
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = support_data (names[i]);
        g_autofree char *data = NULL;
        gsize length;
        ck_assert (g_file_get_contents (path, &data, &length, NULL));
        g_checksum_update (sum, (guchar *) data, (gssize) length);
    }
    const char *hash = fovea_model_get_hash (model, NULL, NULL);
    ck_assert_str_eq (hash, g_checksum_get_string (sum));
    ck_assert_ptr_eq (fovea_model_get_hash (model, NULL, NULL), hash);
}
END_TEST

static gpointer
cancel_soon (gpointer cancellable)
{
    g_cancellable_cancel (cancellable);
    return NULL;
}

/* The sum of 64 MiB takes longer than a thread takes to start; if not, the wait has the sum. */
START_TEST (waiter_for_a_hash_that_gives_up_leaves_it_to_the_next)
{
    const gsize length = 64 << 20;
    g_autofree char *zeros = g_malloc0 (length);
    g_autofree char *expected =
        g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) zeros, length);
    g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_ptr_array_add (parts, g_bytes_new_static (zeros, length / 3));
    g_ptr_array_add (parts, g_bytes_new_static (zeros + length / 3, length - length / 3));
    g_autoptr (FoveaContentHash) hash = fovea_content_hash_start (parts);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    GThread *canceller = g_thread_new ("cancel", cancel_soon, cancellable);
    const char *hex = fovea_content_hash_wait (hash, cancellable, &error);
    ck_assert (hex != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_thread_join (canceller);
    ck_assert_str_eq (fovea_content_hash_wait (hash, NULL, NULL), expected);
}
END_TEST

/* Under a sanitizer or not: nothing may be left of it. */
START_TEST (hash_that_nobody_waits_for_is_stopped)
{
    const gsize length = 256 << 20;
    g_autofree char *zeros = g_malloc0 (length);
    g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_ptr_array_add (parts, g_bytes_new_static (zeros, length));
    FoveaContentHash *hash = fovea_content_hash_start (parts);
    fovea_content_hash_free (hash);
    fovea_content_hash_free (NULL);
}
END_TEST

enum {
    EXITS = 60,
};

/* A window may be closed while a model's bytes are summed. In five of six programs that was a crash. */
START_TEST (a_program_may_exit_while_a_sum_is_made)
{
    for (guint i = 0; i < EXITS; i++) {
        pid_t child = fork ();
        ck_assert_int_ge (child, 0);
        if (child == 0) {
            GPtrArray *parts = g_ptr_array_new ();
            g_ptr_array_add (parts, g_bytes_new_take (g_malloc0 (1000), 1000));
            fovea_content_hash_start (parts);
            g_usleep (i % 2 * i);
            exit (0);
        }
        int status;
        ck_assert_int_eq (waitpid (child, &status, 0), child);
        ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == 0, "program %u: status %d", i,
                       status);
    }
}
END_TEST

START_TEST (llama2c_files_hold_the_same_weights_as_safetensors)
{
    g_autofree char *v0 = support_shared ("models/stories260K/stories260K.bin");
    g_autofree char *v1 = support_shared ("models/stories260K/stories260K_v1.bin");
    g_autofree char *hf = support_shared ("models/stories260K");
    if (v0 == NULL || v1 == NULL || hf == NULL)
        return;
    g_autoptr (FoveaModel) first = open_good (v0);
    g_autoptr (FoveaModel) second = open_good (v1);
    g_autoptr (FoveaModel) third = open_good (hf);
    FoveaModel *const models[] = {first, second, third};
    const FoveaWeightRole roles[] = {FOVEA_WEIGHT_EMBED,  FOVEA_WEIGHT_V,
                                     FOVEA_WEIGHT_O,      FOVEA_WEIGHT_MLP_GATE,
                                     FOVEA_WEIGHT_MLP_IN, FOVEA_WEIGHT_MLP_OUT};
    for (int i = 0; i < 2; i++) {
        const FoveaArchitecture *a = fovea_model_get_architecture (models[i]);
        ck_assert_int_eq (a->n_parameters, 260032);
        ck_assert (a->rotary_interleaved && a->tied_head && a->context == 512);
        ck_assert (a->bos_id == 1 && a->eos_id == 2);
        for (gsize r = 0; r < G_N_ELEMENTS (roles); r++) {
            guint layer = roles[r] == FOVEA_WEIGHT_EMBED ? 0 : 4;
            FoveaWeight mine = get_matrix (models[i], roles[r], layer);
            FoveaWeight theirs = get_matrix (models[2], roles[r], layer);
            ck_assert_int_eq (mine.n_out, theirs.n_out);
            ck_assert_int_eq (memcmp (mine.data, theirs.data, (gsize) (mine.n_out * mine.n_in) * 4),
                              0);
        }
        ck_assert (
            support_difference (fovea_model_get_vector (models[i], FOVEA_WEIGHT_FINAL_NORM_GAIN, 0),
                                fovea_model_get_vector (models[2], FOVEA_WEIGHT_FINAL_NORM_GAIN, 0),
                                64) == 0);
    }
    /* Interleaved pairs here, halves there: row 1 of a head of width 8 is its row 4. */
    FoveaWeight mine = get_matrix (models[0], FOVEA_WEIGHT_Q, 0);
    FoveaWeight theirs = get_matrix (models[2], FOVEA_WEIGHT_Q, 0);
    ck_assert (element (&mine, 1, 7) == element (&theirs, 4, 7));
}
END_TEST

START_TEST (cut_llama2c_file_is_refused_with_its_byte)
{
    g_autofree char *path = support_shared ("models/stories260K/stories260K_v1.bin");
    if (path == NULL)
        return;
    g_autofree char *data = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &data, &length, NULL));
    char *dir = support_temp_dir ();
    g_autofree char *cut = g_build_filename (dir, "cut.bin", NULL);
    ck_assert (g_file_set_contents (cut, data, (gssize) length - 4, NULL));
    check_refused (cut, FOVEA_ERROR_FORMAT, "byte 1040380: the file ends inside layers.4.mlp.up");
    data[4] = 2;
    ck_assert (g_file_set_contents (cut, data, (gssize) length, NULL));
    check_refused (cut, FOVEA_ERROR_UNSUPPORTED, "llama2.c version 2");
    support_remove_dir (dir);
}
END_TEST

START_TEST (llama2c_width_is_not_taken_for_a_pickle)
{
    const gint32 widths[] = {128, 640, 1152}; /* first bytes 0x80 and 0, 2, 4 */
    char *dir = support_temp_dir ();
    g_autofree char *path = g_build_filename (dir, "wide.bin", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (widths); i++) {
        const gint32 header[7] = {GINT32_TO_LE (widths[i]), GINT32_TO_LE (4), GINT32_TO_LE (1),
                                  GINT32_TO_LE (1),         GINT32_TO_LE (1), GINT32_TO_LE (5),
                                  GINT32_TO_LE (3)};
        ck_assert (g_file_set_contents (path, (const char *) header, sizeof header, NULL));
        check_refused (path, FOVEA_ERROR_FORMAT, "the file ends inside embed_tokens.weight");
    }
    support_remove_dir (dir);
}
END_TEST

START_TEST (partial_checkpoint_opens_and_says_what_is_missing)
{
    g_autofree char *path = support_shared ("models/gpt2-small-attention");
    if (path == NULL)
        return;
    g_autoptr (FoveaModel) model = open_good (path);
    g_autoptr (GError) error = NULL;
    ck_assert_int_eq (fovea_model_get_architecture (model)->n_parameters, 29219328);
    ck_assert (!fovea_model_check_complete (model, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_msg (strstr (error->message, "25 tensors are missing") != NULL &&
                       strstr (error->message, " wte.weight, h.0.mlp.c_fc.weight") != NULL,
                   "%s", error->message);
    FoveaWeight q = get_matrix (model, FOVEA_WEIGHT_Q, 0);
    ck_assert (q.input_major && q.stride == 2304 && q.n_out == 768 && q.n_in == 768);
    ck_assert_float_eq_tol (element (&q, 1, 0), -0.26136586f, 2e-4f);
}
END_TEST

START_TEST (pickles_are_refused_by_name)
{
    g_autofree char *file = support_shared ("models/modadd113/seed0.pt");
    g_autofree char *folder = support_shared ("models/induction-2l1h");
    if (file == NULL || folder == NULL)
        return;
    check_refused (file, FOVEA_ERROR_UNSUPPORTED, "seed0.pt: a pickle is refused");
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, ".pth: a pickle is refused");
    char *dir = support_temp_dir ();
    g_autofree char *disguised = g_build_filename (dir, "pytorch_model.bin", NULL);
    ck_assert (g_file_set_contents (disguised, "\x80\x02\x8a\nrest", -1, NULL));
    check_refused (disguised, FOVEA_ERROR_UNSUPPORTED, "a pickle is refused");
    ck_assert (g_file_set_contents (disguised, "PK\003\004rest", -1, NULL));
    check_refused (disguised, FOVEA_ERROR_UNSUPPORTED, "a pickle is refused");
    check_refused (dir, FOVEA_ERROR_UNSUPPORTED, "pytorch_model.bin: a pickle is refused");
    support_remove_dir (dir);
}
END_TEST

/* What is spoilt in a made checkpoint; zeros: nothing. */
typedef struct {
    const char *prefix;
    const char *name; /* this tensor gets other rows or another type ... */
    gint64 rows;
    FoveaDtype dtype;
    const char *extra; /* ... or this one, a vector, comes on top */
} Spoiling;

static void
declare (FoveaSafetensorsWriter *writer,
         const Spoiling *spoiling,
         const char *name,
         gint64 rows,
         gint64 columns,
         gsize *bytes)
{
    gboolean hit = g_strcmp0 (spoiling->name, name) == 0;
    const gint64 shape[2] = {hit && spoiling->rows > 0 ? spoiling->rows : rows, columns};
    FoveaDtype dtype = hit ? spoiling->dtype : FOVEA_F32;
    g_autofree char *full =
        g_strconcat (spoiling->prefix != NULL ? spoiling->prefix : "", name, NULL);
    ck_assert (fovea_safetensors_writer_add_tensor (writer, full, dtype, columns > 0 ? 2 : 1, shape,
                                                    NULL));
    *bytes += (gsize) shape[0] * (gsize) MAX (columns, 1) * fovea_dtype_size (dtype);
}

/* Writes a GPT-2 of 2 layers whose float at place i of the data part is i. */
static void
write_gpt2 (const char *dir, const Spoiling *spoiling)
{
    static const struct {
        const char *name;
        gint64 rows, columns;
    } parts[] = {
        {"ln_1.weight", C, 0},
        {"ln_1.bias", C, 0},
        {"attn.c_attn.weight", C, 3 * C},
        {"attn.c_attn.bias", 3 * C, 0},
        {"attn.c_proj.weight", C, C},
        {"attn.c_proj.bias", C, 0},
        {"ln_2.weight", C, 0},
        {"ln_2.bias", C, 0},
        {"mlp.c_fc.weight", C, 4 * C},
        {"mlp.c_fc.bias", 4 * C, 0},
        {"mlp.c_proj.weight", 4 * C, C},
        {"mlp.c_proj.bias", C, 0},
    };
    g_autofree char *weights = g_build_filename (dir, "model.safetensors", NULL);
    g_autofree char *config = g_build_filename (dir, "config.json", NULL);
    ck_assert (g_file_set_contents (config,
                                    "{\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":2,"
                                    "\"n_embd\":4,\"vocab_size\":5,\"n_positions\":3}",
                                    -1, NULL));
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (weights);
    gsize bytes = 0;
    declare (writer, spoiling, "wte.weight", 5, C, &bytes);
    declare (writer, spoiling, "wpe.weight", 3, C, &bytes);
    declare (writer, spoiling, "ln_f.weight", C, 0, &bytes);
    declare (writer, spoiling, "ln_f.bias", C, 0, &bytes);
    for (int layer = 0; layer < 2; layer++) {
        for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
            g_autofree char *name = g_strdup_printf ("h.%d.%s", layer, parts[i].name);
            declare (writer, spoiling, name, parts[i].rows, parts[i].columns, &bytes);
        }
    }
    if (spoiling->extra != NULL)
        declare (writer, spoiling, spoiling->extra, C, 0, &bytes);
    for (gsize i = 0; i < bytes / 4; i++) {
        float value = (float) i;
        ck_assert (fovea_safetensors_writer_append (writer, &value, sizeof value, NULL));
    }
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
}

START_TEST (fused_matrix_is_cut_into_query_key_and_value)
{
    char *dir = support_temp_dir ();
    write_gpt2 (dir, &(Spoiling){.prefix = "transformer."});
    g_autoptr (FoveaModel) model = open_good (dir);
    /* wte 20, wpe 12, ln_f 8, ln_1 8 floats stand before layer 0's c_attn of (4, 12). */
    const FoveaWeightRole roles[] = {FOVEA_WEIGHT_Q, FOVEA_WEIGHT_K, FOVEA_WEIGHT_V};
    const FoveaWeightRole biases[] = {FOVEA_WEIGHT_Q_BIAS, FOVEA_WEIGHT_K_BIAS,
                                      FOVEA_WEIGHT_V_BIAS};
    for (int part = 0; part < 3; part++) {
        FoveaWeight weight = get_matrix (model, roles[part], 0);
        ck_assert (element (&weight, 3, 2) == 48 + 2 * 12 + part * 4 + 3);
        ck_assert (fovea_model_get_vector (model, biases[part], 0)[1] == 96 + part * 4 + 1);
    }
    FoveaWeight out = get_matrix (model, FOVEA_WEIGHT_MLP_OUT, 0);
    ck_assert (out.n_out == 4 && out.n_in == 16 && out.input_major && out.stride == 4);
    ck_assert (fovea_model_check_complete (model, NULL));
    support_remove_dir (dir);
}
END_TEST

static const struct {
    Spoiling spoiling;
    int code;
    const char *words;
} spoilt[] = {
    {{.name = "h.1.attn.c_attn.weight", .rows = 8},
     FOVEA_ERROR_SHAPE,
     "layer 1: h.1.attn.c_attn.weight is (8, 12), expected (4, 12) (byte "},
    {{.name = "wte.weight", .rows = 6},
     FOVEA_ERROR_SHAPE,
     ": wte.weight is (6, 4), expected (5, 4)"},
    {{.name = "h.0.ln_1.bias", .rows = 5}, FOVEA_ERROR_SHAPE, "is (5), expected (4)"},
    {{.name = "h.0.attn.c_proj.weight", .dtype = FOVEA_I32},
     FOVEA_ERROR_SHAPE,
     "type I32, expected F32, F16 or BF16"},
    {{.name = "h.0.ln_2.bias", .dtype = FOVEA_I64}, FOVEA_ERROR_SHAPE, "type I64, expected"},
    {{.extra = "h.0.attn.q_norm.weight"},
     FOVEA_ERROR_UNSUPPORTED,
     "\"h.0.attn.q_norm.weight\" has no place in a gpt2 model"},
    {{.extra = "h.2.ln_1.weight"}, FOVEA_ERROR_UNSUPPORTED, "model of 2 layers"},
    {{.extra = "transformer.wte.weight"}, FOVEA_ERROR_FORMAT, "with and without the prefix"},
};

START_TEST (spoilt_checkpoint_is_refused_by_tensor)
{
    char *dir = support_temp_dir ();
    write_gpt2 (dir, &spoilt[_i].spoiling);
    check_refused (dir, spoilt[_i].code, spoilt[_i].words);
    support_remove_dir (dir);
}
END_TEST

START_TEST (masks_and_a_tied_head_are_no_weights)
{
    const char *const extras[] = {"h.1.attn.bias", "h.0.attn.masked_bias", "lm_head.weight"};
    for (gsize i = 0; i < G_N_ELEMENTS (extras); i++) {
        char *dir = support_temp_dir ();
        write_gpt2 (dir, &(Spoiling){.extra = extras[i]});
        g_autoptr (FoveaModel) model = open_good (dir);
        ck_assert (fovea_model_check_complete (model, NULL));
        support_remove_dir (dir);
    }
}
END_TEST

START_TEST (data_at_odd_addresses_are_read_all_the_same)
{
    char *dir = support_temp_dir ();
    write_gpt2 (dir, &(Spoiling){0});
    g_autofree char *path = g_build_filename (dir, "model.safetensors", NULL);
    g_autofree char *data = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &data, &length, NULL));
    g_autoptr (GByteArray) moved = g_byte_array_new ();
    guint64 n;
    memcpy (&n, data, sizeof n);
    n++; /* one space more after the header */
    g_byte_array_append (moved, (guint8 *) &n, sizeof n);
    g_byte_array_append (moved, (guint8 *) data + 8, (guint) n - 1);
    g_byte_array_append (moved, (const guint8 *) " ", 1);
    g_byte_array_append (moved, (guint8 *) data + 8 + n - 1, (guint) (length - 8 - n + 1));
    ck_assert (g_file_set_contents (path, (char *) moved->data, moved->len, NULL));
    g_autoptr (FoveaModel) model = open_good (dir);
    FoveaWeight k = get_matrix (model, FOVEA_WEIGHT_K, 0);
    ck_assert_uint_eq ((guintptr) k.data % 4, 0);
    ck_assert (element (&k, 1, 1) == 48 + 12 + 4 + 1);
    support_remove_dir (dir);
}
END_TEST

START_TEST (what_is_no_model_is_refused)
{
    char *dir = support_temp_dir ();
    g_autofree char *other = g_build_filename (dir, "notes.txt", NULL);
    ck_assert (g_file_set_contents (other, "hello", -1, NULL));
    check_refused (dir, FOVEA_ERROR_NOT_FOUND, "neither model.safetensors nor");
    check_refused (other, FOVEA_ERROR_UNSUPPORTED, "notes.txt: not a model that Fovea reads");
    check_refused ("gpt2-xl", FOVEA_ERROR_NOT_FOUND, "gpt2-xl: no such model");
    g_autofree char *weights = g_build_filename (dir, "model.safetensors", NULL);
    ck_assert (g_file_set_contents (weights, "hello", -1, NULL));
    check_refused (dir, FOVEA_ERROR_NOT_FOUND, "no config.json");
    g_autofree char *config = g_build_filename (dir, "config.json", NULL);
    ck_assert (g_file_set_contents (config, "", 0, NULL));
    check_refused (dir, FOVEA_ERROR_FORMAT, "config.json: byte 0: not a JSON object");
    ck_assert (g_file_set_contents (config, "{\"model_type\":\"gpt2\",\"n_layer\":1,", -1, NULL));
    check_refused (dir, FOVEA_ERROR_FORMAT, "config.json: byte 33: ");
    g_autofree char *empty = g_build_filename (dir, "empty.bin", NULL);
    ck_assert (g_file_set_contents (empty, "", 0, NULL));
    check_refused (empty, FOVEA_ERROR_FORMAT, "empty.bin: byte 0: the file ends");
    g_autofree char *foreign = g_build_filename (dir, "foreign.bin", NULL);
    g_autofree char *bytes = g_strnfill (4096, '\xCC');
    ck_assert (g_file_set_contents (foreign, bytes, 4096, NULL));
    check_refused (foreign, FOVEA_ERROR_FORMAT,
                   "foreign.bin: no llama2.c checkpoint: byte 0: dim is");
    support_remove_dir (dir);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("model");
    TCase *real = tcase_create ("real checkpoints");
    tcase_add_test (real, demo_is_found_and_is_what_its_card_says);
    tcase_add_test (real, hash_is_that_of_config_and_weights);
    tcase_add_test (real, waiter_for_a_hash_that_gives_up_leaves_it_to_the_next);
    tcase_add_test (real, hash_that_nobody_waits_for_is_stopped);
    tcase_add_test (real, a_program_may_exit_while_a_sum_is_made);
    tcase_add_test (real, llama2c_files_hold_the_same_weights_as_safetensors);
    tcase_add_test (real, cut_llama2c_file_is_refused_with_its_byte);
    tcase_add_test (real, llama2c_width_is_not_taken_for_a_pickle);
    tcase_add_test (real, partial_checkpoint_opens_and_says_what_is_missing);
    tcase_add_test (real, pickles_are_refused_by_name);
    suite_add_tcase (suite, real);
    TCase *made = tcase_create ("made checkpoints");
    tcase_add_test (made, fused_matrix_is_cut_into_query_key_and_value);
    tcase_add_loop_test (made, spoilt_checkpoint_is_refused_by_tensor, 0, G_N_ELEMENTS (spoilt));
    tcase_add_test (made, masks_and_a_tied_head_are_no_weights);
    tcase_add_test (made, data_at_odd_addresses_are_read_all_the_same);
    tcase_add_test (made, what_is_no_model_is_refused);
    suite_add_tcase (suite, made);
    return support_run (suite);
}
