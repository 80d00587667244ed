/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pictures from file to logits: scaling against Pillow's values, decoding, preparation, and image
 * models against what transformers computes and against the labels of real digits. */
#include "capture/pictures.h"
#include "capture/npy.h"
#include "capture/picture.h"
#include "capture/sink.h"
#include "tests/forward-support.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum {
    W = 13, /* of the picture in tests/golden/pictures */
    H = 9
};

/* A .npy of 8-bit values below tests/golden/pictures. */
static guint8 *
read_values (const char *name, gsize expected)
{
    g_autofree char *relative = g_build_filename ("tests/golden/pictures", name, NULL);
    g_autofree char *path = support_data (relative);
    g_autofree char *bytes = NULL;
    gsize length;
    FoveaTensor array = {0};
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    ck_assert (fovea_npy_read ((guint8 *) bytes, length, name, 0, &array, NULL));
    ck_assert_uint_eq (array.n_bytes, expected);
    return g_memdup2 (array.data, array.n_bytes);
}

static FoveaPicture *
read_source (void)
{
    FoveaPicture *picture = fovea_picture_new (W, H, 3, "source", NULL);
    g_free (picture->values);
    picture->values = read_values ("source.npy", W * H * 3);
    return picture;
}

static const struct {
    const char *name;
    gint64 width, height;
    FoveaResample resample;
} scaled[] = {
    {"bilinear-5x4.npy", 5, 4, FOVEA_RESAMPLE_BILINEAR},
    {"bilinear-20x16.npy", 20, 16, FOVEA_RESAMPLE_BILINEAR},
    {"bicubic-5x4.npy", 5, 4, FOVEA_RESAMPLE_BICUBIC},
    {"bicubic-20x16.npy", 20, 16, FOVEA_RESAMPLE_BICUBIC},
};

START_TEST (scaled_picture_has_the_bytes_of_pillow)
{
    g_autoptr (FoveaPicture) source = read_source ();
    g_autoptr (FoveaPicture) mine =
        fovea_picture_scale (source, scaled[_i].width, scaled[_i].height, scaled[_i].resample);
    gsize n = (gsize) (scaled[_i].width * scaled[_i].height * 3);
    g_autofree guint8 *theirs = read_values (scaled[_i].name, n);
    ck_assert_mem_eq (mine->values, theirs, n);
    g_autoptr (FoveaPicture) same = fovea_picture_scale (source, W, H, scaled[_i].resample);
    ck_assert_mem_eq (same->values, source->values, W * H * 3);
}
END_TEST

START_TEST (grey_is_the_luma_of_pillow)
{
    g_autoptr (FoveaPicture) source = read_source ();
    g_autoptr (FoveaPicture) grey = fovea_picture_to_grey (source);
    g_autofree guint8 *theirs = read_values ("grey.npy", W * H);
    ck_assert_int_eq (grey->channels, 1);
    ck_assert_mem_eq (grey->values, theirs, W * H);
}
END_TEST

/* The picture as a file of a kind that gdk-pixbuf writes. */
static GBytes *
encode (const FoveaPicture *picture, const char *kind, gboolean alpha)
{
    g_autoptr (GdkPixbuf) plain = gdk_pixbuf_new_from_data (
        picture->values, GDK_COLORSPACE_RGB, FALSE, 8, (int) picture->width, (int) picture->height,
        (int) picture->width * 3, NULL, NULL);
    g_autoptr (GdkPixbuf) pixbuf =
        alpha ? gdk_pixbuf_add_alpha (plain, FALSE, 0, 0, 0) : g_object_ref (plain);
    char *bytes;
    gsize length;
    ck_assert (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &length, kind, NULL, NULL));
    return g_bytes_new_take (bytes, length);
}

START_TEST (png_and_jpeg_are_decoded)
{
    g_autoptr (FoveaPicture) source = read_source ();
    for (int alpha = 0; alpha < 2; alpha++) {
        g_autoptr (GBytes) png = encode (source, "png", alpha);
        g_autoptr (FoveaPicture) picture = fovea_picture_decode (png, "a.png", NULL);
        ck_assert (picture->width == W && picture->height == H && picture->channels == 3);
        ck_assert_mem_eq (picture->values, source->values, W * H * 3);
    }
    /* Lossy: a flat picture comes back within two steps. */
    memset (source->values, 90, W * H * 3);
    g_autoptr (GBytes) jpeg = encode (source, "jpeg", FALSE);
    g_autoptr (FoveaPicture) flat = fovea_picture_decode (jpeg, "a.jpg", NULL);
    ck_assert_ptr_nonnull (flat);
    for (int i = 0; i < W * H * 3; i++)
        ck_assert_int_le (ABS (flat->values[i] - 90), 2);
}
END_TEST

static void
check_undecoded (GBytes *bytes, int code, const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_picture_decode (bytes, "x.png", &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "%s lacks %s", error->message, words);
}

START_TEST (damaged_and_oversized_pictures_are_refused)
{
    g_autoptr (FoveaPicture) source = read_source ();
    g_autoptr (GBytes) png = encode (source, "png", FALSE);
    g_autoptr (GBytes) jpeg = encode (source, "jpeg", FALSE);
    gsize length;
    const guint8 *data = g_bytes_get_data (png, &length);
    for (gsize n = 8; n < length - 12; n += 7) { /* each has lost some of its pixels */
        g_autoptr (GBytes) part = g_bytes_new (data, n);
        check_undecoded (part, FOVEA_ERROR_FORMAT, "x.png");
    }
    gsize jpeg_length;
    const guint8 *jpeg_data = g_bytes_get_data (jpeg, &jpeg_length);
    for (gsize n = 3; n < jpeg_length - 2; n += 31) {
        g_autoptr (GBytes) part = g_bytes_new (jpeg_data, n);
        check_undecoded (part, FOVEA_ERROR_FORMAT, "end before the picture does");
    }
    g_autofree guint8 *spoilt = g_memdup2 (data, length);
    memset (spoilt + length / 2, 0x55, 20); /* a checksum tells */
    g_autoptr (GBytes) damaged = g_bytes_new (spoilt, length);
    check_undecoded (damaged, FOVEA_ERROR_FORMAT, "x.png");
    g_autofree guint8 *bomb = g_memdup2 (data, length);
    memcpy (bomb + 16, "\x40\x00\x00\x00\x40\x00\x00\x00", 8);
    g_autoptr (GBytes) big = g_bytes_new (bomb, length);
    check_undecoded (big, FOVEA_ERROR_RANGE, "1073741824 x 1073741824");
    /* The sizes of a JPEG stand behind 0xffc0, length and depth. */
    g_autofree guint8 *wide = g_memdup2 (jpeg_data, jpeg_length);
    guint8 *frame = memmem (wide, jpeg_length, "\xff\xc0", 2);
    ck_assert_ptr_nonnull (frame);
    memcpy (frame + 5, "\x80\x00\x80\x00", 4);
    g_autoptr (GBytes) big_jpeg = g_bytes_new (wide, jpeg_length);
    check_undecoded (big_jpeg, FOVEA_ERROR_RANGE, "32768 x 32768");
    g_autoptr (GBytes) gif = g_bytes_new_static ("GIF89a\1\0\1\0", 10);
    check_undecoded (gif, FOVEA_ERROR_UNSUPPORTED, "PNG, JPEG");
    g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
    check_undecoded (nothing, FOVEA_ERROR_UNSUPPORTED, "PNG, JPEG");
}
END_TEST

/* What a pixel becomes, and where it stands in its patch. */
START_TEST (picture_is_prepared_and_cut_into_patches)
{
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    g_autoptr (FoveaModel) model = fovea_model_open (folder, NULL);
    g_autoptr (FoveaPicture) picture = fovea_picture_new (12, 12, 3, "p", NULL);
    picture->values[(5 * 12 + 6) * 3 + 1] =
        200; /* row 5, column 6: patch 1,1, its row 1, column 2 */
    g_autoptr (GBytes) png = encode (picture, "png", FALSE);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = fovea_pictures_read (model, "p.png", png, &error);
    ck_assert_msg (list != NULL, "%s", error != NULL ? error->message : "");
    const FoveaTraceInfo *info = g_ptr_array_index (list, 0);
    ck_assert_int_eq (info->n_tokens, 10);
    ck_assert_str_eq (info->token_texts[0], "[CLS]");
    ck_assert_str_eq (info->token_texts[5], "1,1");
    ck_assert (info->special[0] && !info->special[1] && info->ids == NULL);
    const float *patch = info->patches + 5 * 48;
    ck_assert_float_eq_tol (patch[16 + 4 + 2], (200 / 255.0f - 0.4f) / 0.25f, 1e-5f);
    ck_assert_float_eq_tol (patch[0], -1, 1e-6f);     /* red: (0 - 0.5) / 0.5 */
    ck_assert_float_eq_tol (patch[32], -1.5f, 1e-6f); /* blue: (0 - 0.3) / 0.2 */
    ck_assert_float_eq (info->patches[0], 0);
    g_autoptr (FoveaTraceInfo) copy = fovea_trace_info_copy (info);
    ck_assert_mem_eq (copy->patches, info->patches, 10 * 48 * sizeof (float));
}
END_TEST

static FoveaTrace *
capture_picture (const Runner *runner,
                 const FoveaTraceInfo *info,
                 const char *points,
                 float *logits)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const FoveaPlanOptions options = {.points = points};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    FoveaTrace *trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, logits, NULL, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

static void
check_point (FoveaTrace *trace, const char *point, FoveaSafetensors *file, const char *name, int i)
{
    gint64 n, n_all;
    g_autofree float *mine = support_read_point (trace, point, &n);
    g_autofree float *theirs = support_tensor_f32 (file, name, &n_all);
    double worst = support_difference (mine, theirs + i * n, (gsize) n);
    ck_assert_msg (worst <= 1e-4, "%s differs from %s by %g", point, name, worst);
}

/* The two pictures of a reference. Its last hidden state is the stream before the final norm. */
static void
check_model (const char *folder, const char *device)
{
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    Runner runner = runner_open (folder, device, 0, 0);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 n_pixels, n_logits;
    g_autofree float *pixels = support_tensor_f32 (file, "pixel_values", &n_pixels);
    g_autofree float *logits = support_tensor_f32 (file, "logits", &n_logits);
    g_autofree float *mine = g_new (float, (gsize) (a->context * a->vocabulary));
    for (int i = 0; i < 2; i++) {
        g_autoptr (FoveaTraceInfo) info =
            fovea_pictures_from_values (runner.model, "picture", pixels + i * n_pixels / 2);
        g_autoptr (FoveaTrace) trace = capture_picture (&runner, info, "all", mine);
        for (guint l = 0; l < a->n_layers; l++) {
            g_autofree char *stream = g_strdup_printf ("blocks.%u.hook_resid_pre", l);
            g_autofree char *hidden = g_strdup_printf ("hidden.%u", l);
            g_autofree char *pattern = g_strdup_printf ("blocks.%u.attn.hook_pattern", l);
            g_autofree char *attention = g_strdup_printf ("attention.%u", l);
            check_point (trace, stream, file, hidden, i);
            check_point (trace, pattern, file, attention, i);
        }
        g_autofree char *last =
            g_strdup_printf ("blocks.%d.hook_resid_post", (int) a->n_layers - 1);
        g_autofree char *hidden = g_strdup_printf ("hidden.%d", (int) a->n_layers);
        check_point (trace, last, file, hidden, i);
        ck_assert_double_le (
            support_difference (mine, logits + i * a->vocabulary, (gsize) a->vocabulary), 1e-4);
    }
    runner_close (&runner);
}

START_TEST (image_model_agrees_with_transformers)
{
    static const char *const names[] = {"vit", "vit_pytorch"};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *relative = g_build_filename ("tests/golden/families", names[i], NULL);
        g_autofree char *folder = support_data (relative);
        check_model (folder, "cpu");
        check_model (folder, "ref");
    }
    g_autofree char *shared = support_shared ("models/tiny/vit");
    if (shared != NULL)
        check_model (shared, "cpu");
}
END_TEST

/* 8-bit arrays of 12 digits: labels, logits and maps. */
START_TEST (twelve_digits_get_their_labels)
{
    g_autofree char *folder = support_shared ("models/vit-mnist-3class");
    if (folder == NULL)
        return;
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    const FoveaTensor *images = fovea_safetensors_lookup (file, "images_u8");
    const gint64 shape[] = {12, 28, 28};
    g_autoptr (GString) npy = fovea_npy_write_header (FOVEA_U8, 3, shape);
    g_string_append_len (npy, images->data, (gssize) images->n_bytes);
    g_autoptr (GBytes) bytes = g_bytes_new (npy->str, npy->len);
    Runner runner = runner_open (folder, "cpu", 0, 0);
    g_autoptr (GPtrArray) list = fovea_pictures_read (runner.model, "digits.npy", bytes, &error);
    ck_assert_msg (list != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq (list->len, 12);
    gint64 n;
    g_autofree float *labels = support_tensor_f32 (file, "labels", &n);
    g_autofree float *logits = support_tensor_f32 (file, "logits", &n);
    for (int i = 0; i < 12; i++) {
        float mine[17 * 3];
        g_autoptr (FoveaTrace) trace =
            capture_picture (&runner, g_ptr_array_index (list, (guint) i), "attention", mine);
        ck_assert_double_le (support_difference (mine, logits + 3 * i, 3), 1e-4);
        int best = mine[1] > mine[0] ? 1 : 0;
        best = mine[2] > mine[best] ? 2 : best;
        ck_assert_int_eq (best, (int) labels[i]);
        check_point (trace, "blocks.0.attn.hook_pattern", file, "attn.0", i);
        check_point (trace, "blocks.3.attn.hook_pattern", file, "attn.3", i);
    }
    runner_close (&runner);
}
END_TEST

static GBytes *
make_npy (FoveaDtype dtype, guint rank, const gint64 *shape)
{
    gint64 n = 1;
    for (guint i = 0; i < rank; i++)
        n *= shape[i];
    GString *npy = fovea_npy_write_header (dtype, rank, shape);
    gsize bytes = (gsize) n * fovea_dtype_size (dtype);
    g_autofree char *zeros = g_malloc0 (bytes);
    g_string_append_len (npy, zeros, (gssize) bytes);
    return g_string_free_to_bytes (npy);
}

START_TEST (arrays_are_read_by_their_type_and_axes)
{
    static const struct {
        FoveaDtype dtype;
        guint rank;
        gint64 shape[4];
        guint n; /* pictures; 0 = refused */
        const char *words;
    } cases[] = {
        {FOVEA_U8, 3, {20, 30, 3}, 1, NULL},
        {FOVEA_U8, 4, {2, 12, 12, 3}, 2, NULL},
        {FOVEA_U8, 2, {12, 12}, 0, "12 x 12 pixels of 1 channels, vit reads 12 x 12 of 3"},
        {FOVEA_U8, 1, {12}, 0, "an array (12), expected"},
        {FOVEA_F32, 4, {3, 3, 12, 12}, 3, NULL},
        {FOVEA_F32, 3, {12, 12, 3}, 0, "an array (12, 12, 3), expected ([N,] 3, 12, 12)"},
        {FOVEA_I32, 3, {3, 12, 12}, 0, "type I32"},
        {FOVEA_U8, 3, {0, 12, 3}, 0, "x.npy: a picture of 12 x 0 pixels; sides of 1 to"},
        {FOVEA_U8, 3, {1, 20000, 3}, 0, "x.npy: a picture of 20000 x 1 pixels; sides of 1 to"},
        {FOVEA_F32, 4, {2, 3, 12, 13}, 0, "an array (2, 3, 12, 13), expected ([N,] 3, 12, 12)"},
    };
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    g_autoptr (FoveaModel) model = fovea_model_open (folder, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) bytes = make_npy (cases[i].dtype, cases[i].rank, cases[i].shape);
        g_autoptr (GPtrArray) list = fovea_pictures_read (model, "x.npy", bytes, &error);
        ck_assert_int_eq (list != NULL ? list->len : 0, cases[i].n);
        ck_assert_msg (list != NULL || strstr (error->message, cases[i].words) != NULL, "%s",
                       list == NULL ? error->message : "");
    }
}
END_TEST

/* A copy of the small model, which the caller may change: folder of its own. */
static char *
copy_model (void)
{
    static const char *const names[] = {"config.json", "model.safetensors"};
    char *folder = support_temp_dir ();
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *relative = g_build_filename ("tests/golden/families/vit", names[i], NULL);
        g_autofree char *from = support_data (relative);
        g_autofree char *to = g_build_filename (folder, names[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        ck_assert (g_file_get_contents (from, &bytes, &length, NULL));
        ck_assert (g_file_set_contents (to, bytes, (gssize) length, NULL));
    }
    return folder;
}

static void
write_beside (const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    ck_assert (g_file_set_contents (path, text, -1, NULL));
}

/* The small model beside a description of preparation (NULL = none), which refuses a picture. */
static void
check_refused (const char *text, GBytes *picture, const char *words)
{
    char *folder = copy_model ();
    g_autoptr (GError) error = NULL;
    if (text != NULL)
        write_beside (folder, "preprocessor_config.json", text);
    g_autoptr (FoveaModel) model = fovea_model_open (folder, NULL);
    ck_assert_ptr_null (fovea_pictures_read (model, "x.npy", picture, &error));
    ck_assert_msg (strstr (error->message, words) != NULL, "%s lacks %s", error->message, words);
    support_remove_dir (folder);
}

static void
check_preparation (const char *text, const char *words)
{
    const gint64 shape[] = {12, 12, 3};
    g_autoptr (GBytes) bytes = make_npy (FOVEA_U8, 3, shape);
    check_refused (text, bytes, words);
}

#define MEANS "\"image_mean\":[0,0,0],\"image_std\":[1,1,1]"

START_TEST (unknown_preparation_is_refused_by_name)
{
    check_preparation (NULL, "preprocessor_config.json: absent");
    check_preparation ("{" MEANS ",\"size\":12,\"resample\":1}",
                       "\"resample\": 1 is not supported");
    check_preparation ("{" MEANS ",\"size\":224}", "\"size\" is not the model's 12 x 12");
    check_preparation ("{" MEANS ",\"size\":{\"shortest_edge\":12}}",
                       "\"size\" is not the model's");
    check_preparation ("{\"image_mean\":[0],\"image_std\":[1,1,1],\"size\":12}", "\"image_mean\"");
    check_preparation ("{" MEANS ",\"size\":12,\"do_center_crop\":true}", "do_center_crop");
    check_preparation ("{" MEANS ",\"size\":12", "preprocessor_config.json");
}
END_TEST

/* One that is not scaled has to have the model's size, be it of a file or of an array. */
START_TEST (unscaled_pictures_of_another_size_are_refused)
{
    static const char as_it_is[] = "{" MEANS ",\"do_resize\":false}";
    static const char words[] = "x.npy: 13 x 9 pixels of 3 channels, ";
    const gint64 shape[] = {9, 13, 3};
    g_autoptr (FoveaPicture) source = read_source ();
    g_autoptr (GBytes) png = encode (source, "png", FALSE);
    g_autoptr (GBytes) array = make_npy (FOVEA_U8, 3, shape);
    check_refused (as_it_is, png, words);
    check_refused (as_it_is, array, words);
}
END_TEST

/* Names where config.json gives them as texts, else the output's number. */
START_TEST (labels_are_names_or_numbers)
{
    static const struct {
        const char *member; /* in the place of config.json's */
        const char *labels;
    } rows[] = {
        {"\"id2label\": {\"0\": \"cat\", \"4\": \"dog\"}", "cat 1 2 3 dog"},
        {"\"id2label\": {\"0\": 7, \"1\": [\"cat\"], \"2\": null, \"9\": \"dog\"}", "0 1 2 3 4"},
        {"\"id2label\": [\"cat\"]", "0 1 2 3 4"},
        {"\"other\": {}", "0 1 2 3 4"},
    };
    char *folder = copy_model ();
    g_autofree char *path = g_build_filename (folder, "config.json", NULL);
    g_autofree char *config = NULL;
    ck_assert (g_file_get_contents (path, &config, NULL, NULL));
    g_autoptr (FoveaModel) model = fovea_model_open (folder, NULL);
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) own = fovea_pictures_read_labels (model, &error);
    g_autofree char *names = g_strjoinv (" ", own);
    ck_assert_str_eq (names, "LABEL_0 LABEL_1 LABEL_2 LABEL_3 LABEL_4");
    const char *begin = strstr (config, "\"id2label\""), *end = strchr (begin, '}') + 1;
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text =
            g_strdup_printf ("%.*s%s%s", (int) (begin - config), config, rows[i].member, end);
        write_beside (folder, "config.json", text);
        g_auto (GStrv) labels = fovea_pictures_read_labels (model, &error);
        g_autofree char *all = g_strjoinv (" ", labels);
        ck_assert_str_eq (all, rows[i].labels);
    }
    write_beside (folder, "config.json", "{");
    ck_assert_ptr_null (fovea_pictures_read_labels (model, &error));
    ck_assert_msg (strstr (error->message, path) != NULL, "%s", error->message);
    g_clear_error (&error);
    ck_assert_int_eq (g_unlink (path), 0);
    ck_assert_ptr_null (fovea_pictures_read_labels (model, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    support_remove_dir (folder);
}
END_TEST

/* Calls the head's tensors by names that a model may have and does not use. */
static void
rename_head (const char *folder)
{
    g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    guint64 header;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    memcpy (&header, bytes, sizeof header);
    g_autoptr (GString) file = g_string_new_len (bytes + 8, (gssize) header);
    ck_assert_uint_eq (g_string_replace (file, "\"classifier.", "\"vit.pooler.dense.", 0), 2);
    header = file->len;
    g_string_prepend_len (file, (const char *) &header, sizeof header);
    memcpy (&header, bytes, sizeof header);
    g_string_append_len (file, bytes + 8 + header, (gssize) (length - 8 - header));
    ck_assert (g_file_set_contents (path, file->str, (gssize) file->len, NULL));
}

START_TEST (models_that_give_no_labels_say_so)
{
    g_autofree char *text_folder = support_data ("tests/golden/tiny/gpt2");
    g_autoptr (FoveaModel) text_model = fovea_model_open (text_folder, NULL);
    g_autoptr (GError) text = NULL, headless = NULL;
    ck_assert_ptr_null (fovea_pictures_read_labels (text_model, &text));
    ck_assert_str_eq (text->message, "gpt2 reads texts, not pictures");
    char *folder = copy_model ();
    rename_head (folder);
    g_autoptr (FoveaModel) model = fovea_model_open (folder, &headless);
    ck_assert_msg (model != NULL, "%s", headless != NULL ? headless->message : "");
    ck_assert_ptr_null (fovea_pictures_read_labels (model, &headless));
    ck_assert (g_error_matches (headless, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (
        g_str_has_suffix (headless->message, " has no unembedding, so it gives no labels"), "%s",
        headless->message);
    support_remove_dir (folder);
}
END_TEST

START_TEST (ids_and_pictures_are_not_mixed_up)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    Runner runner = runner_open (folder, "cpu", 0, 0);
    const gint32 ids[10] = {0};
    ck_assert (!fovea_session_run (runner.session, ids, 10, NULL, NULL, &error));
    ck_assert_msg (strstr (error->message, "reads pictures, not token ids") != NULL, "%s",
                   error->message);
    g_clear_error (&error);
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, 10);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    ck_assert_ptr_null (
        fovea_session_capture (runner.session, info, NULL, sink, NULL, NULL, NULL, NULL, &error));
    ck_assert_msg (strstr (error->message, "without a picture") != NULL, "%s", error->message);
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_model_get_tokenizer (runner.model, &error));
    ck_assert_msg (strstr (error->message, "reads pictures, so it has no tokenizer") != NULL, "%s",
                   error->message);
    g_clear_error (&error);
    runner_close (&runner);
    g_autofree char *text_folder = support_data ("tests/golden/tiny/gpt2");
    g_autoptr (FoveaModel) text_model = fovea_model_open (text_folder, NULL);
    g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
    ck_assert_ptr_null (fovea_pictures_read (text_model, "x", bytes, &error));
    ck_assert_msg (strstr (error->message, "reads texts, not pictures") != NULL, "%s",
                   error->message);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("pictures");
    TCase *tcase = tcase_create ("pictures");
    tcase_add_loop_test (tcase, scaled_picture_has_the_bytes_of_pillow, 0, G_N_ELEMENTS (scaled));
    tcase_add_test (tcase, grey_is_the_luma_of_pillow);
    tcase_add_test (tcase, png_and_jpeg_are_decoded);
    tcase_add_test (tcase, damaged_and_oversized_pictures_are_refused);
    tcase_add_test (tcase, picture_is_prepared_and_cut_into_patches);
    tcase_add_test (tcase, image_model_agrees_with_transformers);
    tcase_add_test (tcase, twelve_digits_get_their_labels);
    tcase_add_test (tcase, arrays_are_read_by_their_type_and_axes);
    tcase_add_test (tcase, unknown_preparation_is_refused_by_name);
    tcase_add_test (tcase, unscaled_pictures_of_another_size_are_refused);
    tcase_add_test (tcase, labels_are_names_or_numbers);
    tcase_add_test (tcase, models_that_give_no_labels_say_so);
    tcase_add_test (tcase, ids_and_pictures_are_not_mixed_up);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
