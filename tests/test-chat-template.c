/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Chat templates of folders and GGUF files: which is found, what is refused. They are never run, so that
 * any text is one. */
#include <string.h>
#include <unistd.h>

#include "capture/chat-template.h"
#include "kernels/error.h"
#include "tests/gguf-convert.h"
#include "tests/support.h"

static char *folder;

static void
set_up (void)
{
    folder = support_temp_dir ();
}

static void
tear_down (void)
{
    support_remove_dir (g_steal_pointer (&folder));
}

static void
put_bytes (const char *name, const char *text, gssize length)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    ck_assert (g_file_set_contents (path, text, length, NULL));
}

static void
assert_template (const char *want)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = fovea_chat_template_read (folder, &error);
    ck_assert_msg (error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert_msg (g_strcmp0 (text, want) == 0, "'%s', expected '%s'", text, want);
}

static void
assert_refused (const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_chat_template_read (folder, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
    ck_assert_msg (strstr (error->message, words) != NULL, "'%s' does not say '%s'", error->message,
                   words);
}

START_TEST (a_folder_without_one_has_none)
{
    assert_template (NULL);
    put_bytes ("tokenizer_config.json", "{\"bos_token\":\"<s>\"}", -1);
    assert_template (NULL);
    put_bytes ("tokenizer_config.json", "{\"chat_template\":null}", -1);
    assert_template (NULL);
    put_bytes ("tokenizer_config.json", "{\"chat_template\":[]}", -1);
    assert_template (NULL);
}
END_TEST

START_TEST (a_file_of_its_own_comes_before_the_configuration)
{
    put_bytes ("tokenizer_config.json", "{\"chat_template\":\"{{ \\\"inner\\\" }}\"}", -1);
    assert_template ("{{ \"inner\" }}");
    put_bytes ("chat_template.jinja", "{% for m in messages %}{{ m }}{% endfor %}\n", -1);
    assert_template ("{% for m in messages %}{{ m }}{% endfor %}\n");
}
END_TEST

START_TEST (named_ones_begin_with_their_names)
{
    put_bytes ("tokenizer_config.json",
               "{\"chat_template\":[{\"name\":\"default\",\"template\":\"a\"},"
               "{\"name\":\"tool_use\",\"template\":\"b\"}]}",
               -1);
    assert_template ("{# default #}\na\n{# tool_use #}\nb\n");
}
END_TEST

START_TEST (what_is_no_template_is_refused_by_name)
{
    put_bytes ("tokenizer_config.json", "{\"chat_template\":7}", -1);
    assert_refused ("is neither text nor a list of names and texts");
    put_bytes ("tokenizer_config.json", "{\"chat_template\":[\"a\"]}", -1);
    assert_refused ("is neither text nor a list");
    put_bytes ("tokenizer_config.json", "{\"chat_template\":[{\"name\":\"a\"}]}", -1);
    assert_refused ("is neither text nor a list");
    put_bytes ("tokenizer_config.json", "{\"chat_template\":", -1);
    assert_refused ("tokenizer_config.json");
    put_bytes ("tokenizer_config.json", "{\"chat_template\":\"\xff\"}", -1);
    assert_refused ("byte 18: no UTF-8 text");
    put_bytes ("chat_template.jinja", "ab\0c", 4);
    assert_refused ("byte 2: no UTF-8 text");
}
END_TEST

/* Sparse, so that nothing of that size is written. */
START_TEST (a_file_beyond_all_measure_is_refused_with_its_size)
{
    g_autofree char *path = g_build_filename (folder, "chat_template.jinja", NULL);
    put_bytes ("chat_template.jinja", "", 0);
    ck_assert_int_eq (truncate (path, (16 << 20) + 1), 0);
    assert_refused ("16777217 bytes are more than 16777216");
}
END_TEST

START_TEST (gguf_files_carry_one_and_named_ones)
{
    g_autofree char *path = g_build_filename (folder, "x.gguf", NULL);
    for (int n = 0; n < 3; n++) {
        GgufBuilder *builder = gguf_builder_new ();
        gguf_add_text (builder, "general.architecture", "llama");
        if (n > 0)
            gguf_add_text (builder, "tokenizer.chat_template", "{{ a }}");
        if (n > 1)
            gguf_add_text (builder, "tokenizer.chat_template.tool_use", "b");
        gguf_write (builder, path);
        g_autoptr (FoveaGguf) file = fovea_gguf_open (path, NULL);
        g_autofree char *text = fovea_chat_template_read_gguf (file);
        static const char *const want[] = {NULL, "{{ a }}", "{{ a }}\n{# tool_use #}\nb\n"};
        ck_assert_msg (g_strcmp0 (text, want[n]) == 0, "'%s'", text);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("chat templates");
    TCase *tcase = tcase_create ("chat templates");
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, a_folder_without_one_has_none);
    tcase_add_test (tcase, a_file_of_its_own_comes_before_the_configuration);
    tcase_add_test (tcase, named_ones_begin_with_their_names);
    tcase_add_test (tcase, what_is_no_template_is_refused_by_name);
    tcase_add_test (tcase, a_file_beyond_all_measure_is_refused_with_its_size);
    tcase_add_test (tcase, gguf_files_carry_one_and_named_ones);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
