/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The built program from outside: what it refuses and how, and the way from a text to a figure. */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "tests/command-support.h"

/* Wrong usage: exit status 2 and one line that names what is wrong. */
static const struct {
    const char *line, *part;
} misuses[] = {
    {"fovea captur demo", "unknown command 'captur', did you mean 'capture'"},
    {"fovea store inf a", "unknown command 'store inf', did you mean 'store info'"},
    {"fovea store a.fovea", "unknown command 'store a.fovea'; 'fovea help store' lists them"},
    {"fovea figure latent a.fovea -o x.pdf", "'fovea sae dashboard' draws a latent"},
    {"fovea xyzzy", "unknown command 'xyzzy'; 'fovea help' lists them"},
    {"fovea help captur", "unknown command 'captur'"},
    {"fovea store", "'store' is several commands; 'fovea help store' lists them"},
    {"fovea help store inf", "unknown command 'store inf', did you mean 'store info'"},
    {"fovea captur --help", "unknown command 'captur'"},
    {"fovea model", "model: too few arguments: fovea model MODEL"},
    {"fovea model demo more", "model: unexpected argument 'more'"},
    {"fovea model demo --formt json", "unknown option --formt, did you mean --format"},
    {"fovea model demo --format xml", "--format is 'xml', expected text|tsv|csv|json"},
    {"fovea points demo --device cpu", "points: --device has no effect on this command"},
    {"fovea tokenize demo", "tokenize: give either a TEXT or -f FILE"},
    {"fovea tokenize demo a -f b", "tokenize: give either a TEXT or -f FILE"},
    {"fovea tokenize demo a --ids-only --format tsv", "--ids-only and --format exclude"},
    {"fovea generate demo", "generate: give one prompt"},
    {"fovea generate demo a --ids 1", "generate: give one prompt"},
    {"fovea generate demo a --greedy --top-k 3", "--greedy and --top-k exclude each other"},
    {"fovea generate demo a --seed 3", "--seed has no effect without"},
    {"fovea generate demo a --top-p 0", "--top-p is '0'"},
    {"fovea generate demo a --memory lots", "--memory is 'lots', expected a size"},
    {"fovea capture demo text", "capture: no store given: add -o FILE.fovea"},
    {"fovea capture demo -o a.fovea", "capture: no input"},
    {"fovea capture demo -o a.fovea text --ids 1,2", "capture: more than one input"},
    {"fovea capture demo -o a.fovea --ids 1 --random-repeat 5",
     "--ids and --random-repeat exclude each other"},
    {"fovea capture demo -o a.fovea --ids 1 --stride 5", "--ids and --stride exclude each other"},
    {"fovea capture demo -o a.fovea text --seed 4", "--seed has no effect without --random-repeat"},
    {"fovea capture demo -o a.fovea text --dense", "--dense has no effect without --points"},
    {"fovea capture demo -o a.fovea text --shard 3/3", "--shard is '3/3', expected I/N"},
    {"fovea capture demo -o a.fovea text --keep i8", "--keep is 'i8', expected f32|bf16|f16"},
    {"fovea capture demo -o a.fovea text --resume --dry-run",
     "--dry-run and --resume exclude each other"},
    {"fovea capture demo -o a.fovea -f nosuch also-not", "'also-not' after -f is no file"},
    {"SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=4 fovea capture demo -o a.fovea text",
     "SLURM_ARRAY_TASK_ID is '7'"},
    {"fovea export a.fovea --point x", "export: -o FILE is missing"},
    {"fovea export a.fovea -o x.npz", "export: --point GLOB is missing"},
    {"fovea export a.fovea --point x -o x.npz --rows 9:3", "--rows is '9:3'"},
    {"fovea import x.npz", "import: no store given"},
    {"fovea heads a.fovea --limit 3", "heads: --limit has no effect on a store"},
    {"fovea heads demo --run 3", "heads: --run has no effect on a model"},
    {"fovea figure", "figure: too few arguments"},
    {"fovea figure mpa a.fovea -o x.pdf", "unknown figure kind 'mpa'"},
    {"fovea figure map a.fovea", "figure: -o FILE is missing"},
    {"fovea figure map -o x.pdf", "figure: STORE is missing"},
    {"fovea figure map a.fovea -o x.pdf --score induction",
     "--score has no effect on a figure of kind map"},
    {"fovea figure heads a.fovea -o x.pdf --head 3", "--head has no effect on a figure of kind"},
    {"fovea figure map a.fovea -o x.pdf --layer 3 --head 5.7", "--layer 3 contradicts --head 5.7"},
    {"fovea figure tokens a.fovea -o x.pdf --value entrpy", "did you mean entropy"},
    {"fovea figure --again x.pdf --head 3", "--head and --again exclude each other"},
};

START_TEST (wrong_usage_is_named_and_exits_2)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, misuses[_i].line, 2, misuses[_i].part);
    ck_assert_str_eq (result->out, "");
    ck_assert (!g_file_test ("a.fovea", G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (version_and_help_say_what_there_is)
{
    g_autoptr (CommandResult) version = command_expect (command_folder, "fovea --version", 0, NULL);
    ck_assert (g_str_has_prefix (version->out, "fovea 0."));
    g_autoptr (CommandResult) help = command_expect (command_folder, "fovea help", 0, NULL);
    ck_assert_ptr_nonnull (strstr (help->out, "store check"));
    ck_assert_ptr_nonnull (strstr (help->out, "\n  sae attribution  Take "));
    ck_assert_ptr_nonnull (strstr (help->out, "\n  window           Open ")); /* one column */
    g_autoptr (CommandResult) page = command_expect (command_folder, "fovea help capture", 0, NULL);
    g_autoptr (CommandResult) same =
        command_expect (command_folder, "fovea capture --help", 0, NULL);
    ck_assert_ptr_nonnull (strstr (page->out, "--random-repeat P"));
    ck_assert_ptr_nonnull (strstr (page->out, "Example:\n  fovea capture"));
    ck_assert_str_eq (page->out, same->out);
}
END_TEST

START_TEST (every_command_has_a_page_with_an_example)
{
    static const char *const names[] = {
        "window",    "model",  "tokenize",  "points",   "generate",   "classify",    "capture",
        "heads",     "figure", "export",    "import",   "store info", "store check", "compare",
        "selfcheck", "recall", "sae train", "sae info", "sae eval"};
    g_autofree char *line = g_strdup_printf ("fovea help %s", names[_i]);
    g_autofree char *example = g_strdup_printf ("Example:\n  fovea %s", names[_i]);
    g_autoptr (CommandResult) page = command_expect (command_folder, line, 0, NULL);
    ck_assert_ptr_nonnull (strstr (page->out, example));
}
END_TEST

/* What a card says of a model that is read in two ways, and of one that looks both ways. */
START_TEST (cards_say_what_is_peculiar)
{
    static const char *const cards[][2] = {
        {"falcon_alibi", "added once (eager transformers adds Falcon's twice)"},
        {"bloom", "ALiBi slopes\n"},
        {"modernbert", "3 tokens in either direction in 1 layers"},
        {"modernbert_bare", "norm before each branch but the first"},
        {"mistral", "4 tokens in 2 layers"}};
    g_autofree char *relative = g_build_filename ("tests/golden/families", cards[_i][0], NULL);
    g_autofree char *folder = support_data (relative);
    g_autofree char *line = g_strdup_printf ("fovea model '%s' --format tsv", folder);
    g_autoptr (CommandResult) card = command_expect (command_folder, line, 0, NULL);
    ck_assert_msg (strstr (card->out, cards[_i][1]) != NULL, "%s", card->out);
}
END_TEST

/* Without predictions there is nothing to say of them, and every point is there. */
START_TEST (encoders_without_head_are_compared)
{
    g_autofree char *folder = support_data ("tests/golden/families/modernbert_bare");
    g_autofree char *line =
        g_strdup_printf ("fovea compare '%s' '%s' --ids 1,2,3 --format tsv", folder, folder);
    g_autoptr (CommandResult) r = command_expect (command_folder, line, 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "\nln_final.hook_normalized\t48\t0\t1\t0\n"));
    ck_assert_ptr_null (strstr (r->out, "divergence"));
    ck_assert_ptr_null (strstr (r->err, "predictions"));
}
END_TEST

START_TEST (commands_of_one_subject_have_a_page_together)
{
    static const char *const lines[] = {"fovea help store", "fovea store --help", "fovea store -h"};
    g_autoptr (CommandResult) page = command_expect (command_folder, lines[_i], 0, NULL);
    ck_assert_ptr_nonnull (strstr (page->out, "\n  store info "));
    ck_assert_ptr_nonnull (strstr (page->out, "\n  store check "));
    ck_assert_ptr_null (strstr (page->out, "capture"));
}
END_TEST

/* A made ViT on made pictures: three zeros of floats are three times the same answer. */
START_TEST (pictures_are_classified_captured_and_drawn)
{
    g_autofree char *model = support_data ("tests/golden/families/vit");
    g_autofree char *picture = support_data ("tests/golden/pictures/source.npy");
    g_autofree char *classify =
        g_strdup_printf ("fovea classify '%s' '%s' --top 2 --format tsv", model, picture);
    g_autoptr (CommandResult) labels = command_expect (command_folder, classify, 0, NULL);
    g_auto (GStrv) lines = g_strsplit (labels->out, "\n", -1);
    guint first = 0;
    while (lines[first] != NULL && !g_str_has_prefix (lines[first], "source.npy"))
        first++;
    ck_assert_msg (lines[first] != NULL, "%s", labels->out);
    ck_assert_ptr_nonnull (strstr (lines[first], "LABEL_"));
    g_auto (GStrv) best = g_strsplit (lines[first], "\t", -1);
    g_auto (GStrv) next = g_strsplit (lines[first + 1], "\t", -1);
    ck_assert (g_ascii_strtod (best[3], NULL) >= g_ascii_strtod (next[3], NULL));
    ck_assert (g_str_equal (best[1], "1") && g_str_equal (next[1], "2"));
    g_autofree char *capture =
        g_strdup_printf ("fovea capture '%s' -o v.fovea -f '%s' --quiet", model, picture);
    g_autoptr (CommandResult) kept = command_expect (command_folder, capture, 0, NULL);
    g_autoptr (CommandResult) drawn =
        command_expect (command_folder,
                        "fovea figure picture v.fovea -o a.pdf && fovea figure picture v.fovea "
                        "-o b.pdf && cmp a.pdf b.pdf && fovea figure --again a.pdf -o c.pdf && "
                        "cmp a.pdf c.pdf",
                        0, NULL);
    g_autofree char *text = g_strdup_printf ("fovea capture '%s' -o w.fovea hello", model);
    g_autoptr (CommandResult) refused =
        command_expect (command_folder, text, 2, "reads pictures: give files, PNG");
    g_autofree char *wrong = g_strdup_printf ("fovea classify demo '%s'", picture);
    g_autoptr (CommandResult) words =
        command_expect (command_folder, wrong, 1, "reads texts, not pictures");
}
END_TEST

START_TEST (ids_of_a_text_come_on_one_line)
{
    g_autoptr (CommandResult) ids = command_expect (
        command_folder, "fovea tokenize demo 'The time traveller' --ids-only", 0, NULL);
    ck_assert_str_eq (ids->out, "0 519 671 5317 7019\n");
    g_autoptr (CommandResult) bare = command_expect (
        command_folder, "fovea tokenize demo 'The time traveller' --ids-only --no-special", 0,
        NULL);
    ck_assert_str_eq (bare->out, "519 671 5317 7019\n");
}
END_TEST

START_TEST (a_dash_reads_standard_input)
{
    g_autoptr (CommandResult) ids = command_expect (
        command_folder, "printf 'The time traveller' | fovea tokenize demo -f - --ids-only", 0,
        NULL);
    ck_assert_str_eq (ids->out, "0 519 671 5317 7019\n");
    g_autoptr (CommandResult) capture = command_expect (
        command_folder, "printf 'The time traveller' | fovea capture demo -o a.fovea -f - --quiet",
        0, NULL);
    ck_assert_str_eq (capture->err, "");
    g_autoptr (CommandResult) info =
        command_expect (command_folder, "fovea store info a.fovea --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (info->out, "standard input"));
}
END_TEST

START_TEST (greedy_continuation_is_the_recorded_one)
{
    g_autoptr (CommandResult) text = command_expect (
        command_folder, "fovea generate demo 'The time traveller' --max-tokens 12", 0, NULL);
    ck_assert_str_eq (text->out, " the time of the day, and the hour of the day\n");
    g_autoptr (CommandResult) ids = command_expect (
        command_folder, "fovea generate demo --ids 0,519,671,5317,7019 --max-tokens 5 --ids-only",
        0, NULL);
    ck_assert_str_eq (ids->out, "264 671 286 264 861\n");
}
END_TEST

START_TEST (the_same_seed_samples_the_same_text)
{
    const char *line = "fovea generate demo 'Once upon' --max-tokens 16 --temperature 1 --seed 7";
    g_autoptr (CommandResult) first = command_expect (command_folder, line, 0, NULL);
    g_autoptr (CommandResult) second = command_expect (command_folder, line, 0, NULL);
    ck_assert_str_eq (first->out, second->out);
    g_autoptr (CommandResult) other = command_expect (
        command_folder, "fovea generate demo 'Once upon' --max-tokens 16 --temperature 1 --seed 8",
        0, NULL);
    ck_assert_str_ne (first->out, other->out);
}
END_TEST

START_TEST (a_model_card_names_the_facts)
{
    g_autoptr (CommandResult) card =
        command_expect (command_folder, "fovea model demo --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (card->out, "family\tllama\n"));
    ck_assert_ptr_nonnull (strstr (card->out, "parameters\t12587904\n"));
    ck_assert_ptr_nonnull (strstr (card->out, "key_value_heads\t4\n"));
}
END_TEST

/* Every activation has a name, and a template is printed as it is. */
START_TEST (a_model_card_tells_of_a_chat_template)
{
    g_autofree char *from = support_data ("tests/golden/families/arcee");
    g_autofree char *copy =
        g_strdup_printf ("mkdir chat && cp '%s/config.json' '%s/model.safetensors' chat/ && "
                         "printf '{\"chat_template\":\"{{ m }}\"}' > chat/tokenizer_config.json",
                         from, from);
    g_autoptr (CommandResult) made = command_run_line (command_folder, copy);
    g_autoptr (CommandResult) card =
        command_expect (command_folder, "fovea model chat --format tsv", 0, NULL);
    g_autoptr (CommandResult) text =
        command_expect (command_folder, "fovea model chat --chat-template", 0, NULL);
    g_autoptr (CommandResult) none = command_expect (
        command_folder, "fovea model demo --chat-template", 1, "fovea-demo has no chat template");
    ck_assert_ptr_nonnull (strstr (card->out, "mlp\trelu squared\n"));
    ck_assert_ptr_nonnull (strstr (card->out, "chat_template\t7 bytes of Jinja;"));
    ck_assert_str_eq (text->out, "{{ m }}\n");
    ck_assert_str_eq (none->out, "");
}
END_TEST

START_TEST (points_give_shapes_for_a_length)
{
    g_autoptr (CommandResult) points =
        command_expect (command_folder, "fovea points demo --tokens 100 --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (
        strstr (points->out, "blocks.5.attn.hook_pattern\tF32\t12x100x100\t480000\tall\n"));
    ck_assert_ptr_nonnull (
        strstr (points->out, "blocks.0.attn.hook_k\tF32\t100x4x32\t51200\tall\n"));
    ck_assert_ptr_nonnull (
        strstr (points->out, "blocks.0.attn.hook_result\tF32\t100x12x384\t1843200\tby name\n"));
    g_autoptr (CommandResult) long_one =
        command_expect (command_folder, "fovea points demo --tokens 5000", 1,
                        "--tokens is 5,000, fovea-demo holds 4,096 tokens");
}
END_TEST

START_TEST (a_dry_run_predicts_and_writes_nothing)
{
    g_autoptr (CommandResult) dry = command_expect (
        command_folder,
        "fovea capture demo -o a.fovea 'a b c' --points 'blocks.1.attn.hook_z' --dry-run", 0, NULL);
    ck_assert_ptr_nonnull (strstr (dry->out, "blocks.1.attn.hook_z"));
    ck_assert_ptr_nonnull (strstr (dry->out, "peak memory"));
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

/* Content of a file in the folder. */
static char *
read_file (const char *name, gsize *length)
{
    g_autofree char *path = g_build_filename (command_folder, name, NULL);
    char *text = NULL;
    ck_assert_msg (g_file_get_contents (path, &text, length, NULL), "%s is missing", name);
    return text;
}

static void
assert_same_files (const char *a, const char *b)
{
    gsize n_a, n_b;
    g_autofree char *text_a = read_file (a, &n_a);
    g_autofree char *text_b = read_file (b, &n_b);
    ck_assert_msg (n_a == n_b && memcmp (text_a, text_b, n_a) == 0, "%s and %s differ", a, b);
}

START_TEST (from_text_to_figure_and_back)
{
    static const char *const lines[] = {
        "fovea capture demo -o a.fovea 'the cat sat on the mat and the cat sat on the mat' --quiet",
        "fovea capture demo -o a.fovea --random-repeat 20 --limit 2 --quiet",
        "fovea store check a.fovea --quiet",
        "fovea export a.fovea --point 'blocks.5.attn.hook_rot_q' --point "
        "'blocks.5.attn.hook_rot_k' "
        "-o x.safetensors",
        "fovea import x.safetensors -o b.fovea --quiet",
        "fovea store check b.fovea --quiet",
        "fovea figure map a.fovea --head 5.7 -o one.pdf",
        "fovea figure map a.fovea --layer 5 --head 7 -o two.pdf",
        "fovea figure tokens a.fovea --head 5.7 --query 3 -o tokens.svg",
        "fovea heads a.fovea --quiet",
        "fovea figure heads a.fovea -o heads.png --dpi 72",
        "cp one.pdf again.pdf && rm two.pdf && fovea figure --again again.pdf -o two.pdf",
    };
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autoptr (CommandResult) result = command_expect (command_folder, lines[i], 0, NULL);
        ck_assert_msg (*result->err == '\0', "%s: said '%s'", lines[i], result->err);
    }
    assert_same_files ("one.pdf", "two.pdf");
}
END_TEST

START_TEST (a_figure_has_the_same_bytes_twice)
{
    static const char *const suffixes[] = {"pdf", "svg", "png"};
    g_autofree char *line =
        g_strdup_printf ("fovea capture demo -o a.fovea 'to be or not to be' --quiet && "
                         "fovea figure map a.fovea --head 5.7 -o one.%s && fovea figure map "
                         "a.fovea --head 5.7 -o two.%s",
                         suffixes[_i], suffixes[_i]);
    g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
    g_autofree char *one = g_strconcat ("one.", suffixes[_i], NULL);
    g_autofree char *two = g_strconcat ("two.", suffixes[_i], NULL);
    assert_same_files (one, two);
}
END_TEST

START_TEST (a_figure_finds_its_store_only_by_identity)
{
    g_autoptr (CommandResult) made = command_expect (
        command_folder,
        "fovea capture demo -o a.fovea 'to be' --quiet && fovea figure map a.fovea -o x.pdf && "
        "mkdir away && mv a.fovea away/a.fovea",
        0, NULL);
    g_autoptr (CommandResult) lost = command_expect (command_folder, "fovea figure --again x.pdf",
                                                     1, "neither beside it nor here");
    g_autoptr (CommandResult) named =
        command_expect (command_folder, "fovea figure --again x.pdf away/a.fovea", 0, NULL);
    g_autoptr (CommandResult) other = command_expect (
        command_folder, "fovea capture demo -o a.fovea 'to be' --quiet; fovea figure --again x.pdf",
        1, "was made from store");
}
END_TEST

START_TEST (an_exported_pattern_sums_to_one)
{
    g_autoptr (CommandResult) csv = command_expect (
        command_folder,
        "fovea capture demo -o a.fovea 'a b c d' --quiet && fovea export a.fovea "
        "--point blocks.2.attn.hook_pattern --head 3 --rows 3:4 -o - | "
        "awk -F, 'END { for (i = 1; i <= NF; i++) sum += $i; print (sum > 0.999 && sum < 1.001) }'",
        0, NULL);
    ck_assert_msg (g_str_has_suffix (csv->out, "1\n"), "%s", csv->out);
}
END_TEST

START_TEST (the_head_table_has_the_known_induction_heads)
{
    g_autoptr (CommandResult) heads = command_expect (
        command_folder, "fovea heads demo --limit 3 --tokens 128 --quiet --format tsv", 0, NULL);
    static const char *const names[] = {"5.0", "5.6", "5.7", "5.8", "5.9", "5.10"};
    g_auto (GStrv) rows = g_strsplit (heads->out, "\n", -1);
    guint n_induction = 0;
    for (guint i = 0; rows[i] != NULL; i++)
        n_induction += g_ascii_isdigit (rows[i][0]) && strstr (rows[i], "\tinduction\t") != NULL;
    ck_assert_uint_eq (n_induction, G_N_ELEMENTS (names));
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *part = g_strdup_printf ("\t%s\tinduction\t", names[i]);
        ck_assert_msg (strstr (heads->out, part) != NULL, "%s is no induction head", names[i]);
    }
}
END_TEST

static const struct {
    const char *line, *part;
} unwritten[] = {
    {"fovea model demo -o nosuch/card.txt", "nosuch/card.txt"},
    {"fovea model demo > /dev/full", "standard output: No space left on device"},
    {"fovea capture demo -o nosuch/a.fovea text", "nosuch/a.fovea"},
    /* the context is full, so that the line's end is all that is written */
    {"stdbuf -oL \"$program\" generate demo --ids $(seq -s, 0 4095) > /dev/full",
     "standard output: No space left on device"},
    {"fovea capture demo -o . text", "it is a folder"},
    {"fovea capture demo -o a.fovea text --quiet; "
     "fovea figure map a.fovea -o nosuch/x.pdf",
     "nosuch/x.pdf"},
    {"fovea capture demo -o a.fovea text --quiet; fovea figure map a.fovea -o x.gif", "x.gif"},
    {"fovea capture demo -o a.fovea text --quiet; "
     "fovea export a.fovea --point blocks.0.attn.hook_pattern -o nosuch/x.npy",
     "nosuch/x.npy"},
};

START_TEST (output_that_cannot_be_written_fails_in_one_line)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, unwritten[_i].line, 1, unwritten[_i].part);
}
END_TEST

/* The map of a layer that attends to the source is the rectangle that it sees. */
START_TEST (cross_attention_is_captured_exported_and_drawn)
{
    g_autofree char *model = support_data ("tests/golden/families/t5");
    g_autofree char *capture = g_strdup_printf ("fovea capture '%s' -o t5.fovea --ids 5,9,2,7,1"
                                                " --generate 3 --quiet",
                                                model);
    g_autoptr (CommandResult) captured = command_expect (command_folder, capture, 0, NULL);
    g_autoptr (CommandResult) exported = command_expect (
        command_folder,
        "fovea export t5.fovea --point decoder.1.cross_attn.hook_pattern --head 2 --rows 5:9"
        " --keys 0:5 -o x.csv --quiet; cat x.csv",
        0, NULL);
    g_auto (GStrv) cells = g_strsplit_set (exported->out, ",\n", -1);
    double mass = 0;
    for (guint i = 0; cells[i] != NULL; i++)
        mass += g_ascii_strtod (cells[i], NULL);
    ck_assert_double_eq_tol (mass, 4, 1e-5);
    g_autoptr (CommandResult) drawn = command_expect (
        command_folder, "fovea figure map t5.fovea --head 5.2 -o x.svg; cat x.svg", 0, NULL);
    ck_assert_ptr_nonnull (strstr (drawn->out, "key position, in the source"));
    ck_assert_ptr_nonnull (strstr (drawn->out, "query position, in the target"));
    g_autoptr (CommandResult) heads =
        command_expect (command_folder, "fovea heads t5.fovea --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (heads->out, "\n5\t2\t"));
    g_autoptr (CommandResult) refused = command_expect (
        command_folder, "fovea capture demo -o a.fovea text --target more", 1, "reads one text");
    g_autoptr (CommandResult) sparse =
        command_expect (command_folder, "fovea recall t5.fovea --methods oracle-weight --quiet", 1,
                        "measured on models of one text");
    g_autoptr (CommandResult) mask = command_expect (
        command_folder, "fovea figure mask t5.fovea --head 2.0 --methods window -o x.svg", 1,
        "layer 2 head 0: window is for models of one text");
    g_autoptr (CommandResult) sinks = command_expect (
        command_folder, "fovea figure sinks t5.fovea -o x.svg; grep -c -E 'inf|nan' x.svg || true",
        0, NULL);
    ck_assert_str_eq (sinks->out, "0\n");
}
END_TEST

START_TEST (selfcheck_passes_here)
{
    g_autoptr (CommandResult) result = command_expect (command_folder, "fovea selfcheck", 0, NULL);
    ck_assert_ptr_nonnull (strstr (result->out, "blocks.*.attn.hook_pattern"));
    ck_assert_ptr_null (strstr (result->out, "FAILED"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("command");
    TCase *usage = tcase_create ("usage");
    tcase_add_checked_fixture (usage, command_set_up, command_tear_down);
    tcase_add_loop_test (usage, wrong_usage_is_named_and_exits_2, 0, G_N_ELEMENTS (misuses));
    tcase_add_test (usage, version_and_help_say_what_there_is);
    tcase_add_loop_test (usage, every_command_has_a_page_with_an_example, 0, 19);
    tcase_add_loop_test (usage, cards_say_what_is_peculiar, 0, 5);
    tcase_add_test (usage, encoders_without_head_are_compared);
    tcase_add_loop_test (usage, commands_of_one_subject_have_a_page_together, 0, 3);
    suite_add_tcase (suite, usage);
    TCase *results = tcase_create ("results");
    tcase_set_timeout (results, 120);
    tcase_add_checked_fixture (results, command_set_up, command_tear_down);
    tcase_add_test (results, pictures_are_classified_captured_and_drawn);
    tcase_add_test (results, ids_of_a_text_come_on_one_line);
    tcase_add_test (results, a_dash_reads_standard_input);
    tcase_add_test (results, greedy_continuation_is_the_recorded_one);
    tcase_add_test (results, the_same_seed_samples_the_same_text);
    tcase_add_test (results, a_model_card_names_the_facts);
    tcase_add_test (results, a_model_card_tells_of_a_chat_template);
    tcase_add_test (results, points_give_shapes_for_a_length);
    tcase_add_test (results, a_dry_run_predicts_and_writes_nothing);
    tcase_add_test (results, from_text_to_figure_and_back);
    tcase_add_loop_test (results, a_figure_has_the_same_bytes_twice, 0, 3);
    tcase_add_test (results, a_figure_finds_its_store_only_by_identity);
    tcase_add_test (results, an_exported_pattern_sums_to_one);
    tcase_add_test (results, the_head_table_has_the_known_induction_heads);
    tcase_add_loop_test (results, output_that_cannot_be_written_fails_in_one_line, 0,
                         G_N_ELEMENTS (unwritten));
    tcase_add_test (results, cross_attention_is_captured_exported_and_drawn);
    tcase_add_test (results, selfcheck_passes_here);
    suite_add_tcase (suite, results);
    return support_run (suite);
}
