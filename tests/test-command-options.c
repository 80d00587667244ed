/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every option of every subcommand at least once, with what it must change, and every pair of
 * options that contradict each other. One store serves all rows, for none of them changes it. */
#include <string.h>

#include "tests/command-support.h"

/* Eleven tokens of text, two random repeats, a head table, and texts to read; links to a dictionary, an
 * image model and a picture. Runs in the parent of
 * all tests, so without GSubprocess, whose thread would not survive the fork. */
static void
make_folder (void)
{
    static const char script[] =
        "cd '%s' && fovea() { '%s' \"$@\"; } && "
        "printf 'It was the best of times.\\n' > one.txt && "
        "printf 'It was the worst of times, it was the age of wisdom.\\n' > two.txt && "
        "printf '{\"text\":\"first line\"}\\n{\"ids\":[0,5,6]}\\n{\"text\":\"third line\"}\\n' > "
        "t.jsonl && "
        "fovea capture demo -o a.fovea 'to be or not to be, that is the question' --quiet && "
        "fovea capture demo -o a.fovea --random-repeat 6 --limit 2 --quiet && "
        "fovea heads a.fovea --quiet > heads.txt && "
        "ln -s '%s/data/sae/abstopk' sae && ln -s '%s/tests/golden/families/vit' vit && "
        "ln -s '%s/tests/golden/pictures/source.npy' picture.npy";
    command_set_up ();
    g_autofree char *program = command_path ();
    g_autofree char *source = support_data (".");
    g_autofree char *line =
        g_strdup_printf (script, command_folder, program, source, source, source);
    char *words[] = {"sh", "-c", line, NULL};
    int status = -1;
    ck_assert (g_spawn_sync (NULL, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             &status, NULL));
    ck_assert_int_eq (status, 0);
}

#define COMMON " --device cpu --precision bf16 --threads 1 --memory 1G --format tsv --quiet"

/* A line, and what its standard output must contain. */
static const struct {
    const char *line, *part;
} lines[] = {
    /* model */
    {"fovea model demo --precision bf16 --device cpu --threads 1 --memory 1G", "CPU, 1 thread"},
    {"fovea model demo --format json", "{\"fact\": \"layers\", \"value\": \"6\"}"},
    {"fovea model demo -o m.txt --quiet; cat m.txt", "key_value_heads"},
    /* tokenize */
    {"fovea tokenize demo -f one.txt --no-special --ids-only",
     "1099 348 264 1663 286 1880 14 199\n"},
    {"fovea tokenize demo 'a b' --format tsv", "pos\tid\ttext\tstart\tend\n0\t0\t<|bos|>\t0\t0\n"},
    {"fovea tokenize demo 'a b' --format json", "\"text\": \" b\", \"start\": 1, \"end\": 3}"},
    {"fovea tokenize demo '' --no-special --ids-only", "\n"},
    /* points */
    {"fovea points demo --tokens 3 --format tsv", "hook_embed\tF32\t3x384\t4608\tall\n"},
    {"fovea points demo --tokens 3 -o p.csv; cat p.csv", "hook_embed,F32,3x384,4608,all\n"},
    {"fovea points demo --tokens 3 --format csv", "hook_embed,F32,3x384,4608,all\n"},
    {"fovea points demo --format tsv | grep -c .", "2"},
    /* generate */
    {"fovea generate demo -f one.txt --max-tokens 3 --greedy --ids-only | wc -w", "3"},
    {"fovea generate demo 'The time' --max-tokens 2 --format tsv", "pos\tid\ttext\n3\t"},
    {"fovea generate demo 'The time' --max-tokens 2 --format json", "\"table\": \"continuation\""},
    {"fovea generate demo 'The time' --max-tokens 2 -o g.txt; cat g.txt", " was not\n"},
    {"fovea generate demo 'The time' --max-tokens 4 --top-k 1 --seed 9", " was not yet come\n"},
    {"fovea generate demo 'The time' --max-tokens 4 --top-p 1e-9 --seed 9", " was not yet come\n"},
    {"fovea generate demo 'The time' --max-tokens 4 --temperature 1e-6", " was not yet come\n"},
    {"fovea generate demo 'The time' --max-tokens 4 --threads 1 --device cpu --memory 1G",
     " was not yet come\n"},
    {"fovea generate demo 'The time' --max-tokens 4 --heads h.tsv --quiet; grep -c . h.tsv; "
     "awk -F'\t' '$1==5 && $2==5 && $3==11 && $7<=5 && $6>0 && NF==10' h.tsv | grep -c .",
     " was not yet come\n217\n1\n"},
    {"fovea generate demo 'The time' --max-tokens 1 --heads h.tsv --ids-only; cat h.tsv",
     "\npos\tlayer\thead\tlse\tentropy\tmax_weight\tmax_key\tmean_distance\tfirst_mass\t"},
    {"fovea generate demo 'x' --no-special --max-tokens 1 --ids-only --quiet | wc -w", "1"},
    {"fovea generate demo --ids 0,519 --max-tokens 1 --precision bf16 --format tsv", "\n2\t"},
    /* capture */
    {"fovea capture demo -o b1.fovea -f one.txt two.txt --limit 1 --quiet; "
     "fovea store info b1.fovea --format tsv",
     "\n1\t1\t0\t9\t"},
    {"fovea capture demo -o b2.fovea -f two.txt --tokens 6 --stride 3 --quiet; "
     "fovea store info b2.fovea --format tsv",
     "two.txt, part 5"},
    {"fovea capture demo -o b3.fovea --jsonl t.jsonl --no-special --quiet; "
     "fovea store info b3.fovea --format tsv",
     "\tt.jsonl line 2\n"},
    {"fovea capture demo -o b4.fovea --ids 0,5,6,7 --precision bf16 --threads 1 --keep f16 "
     "--memory 200M --device cpu --quiet; fovea store info b4.fovea --format tsv",
     "\"precision\":\"bf16\",\"threads\":1,\"memory\":209715200"},
    {"fovea capture demo -o b5.fovea 'a b c' --points blocks.0.attn.hook_pattern --dense --quiet; "
     "fovea export b5.fovea --point blocks.0.attn.hook_pattern --head 0 --rows 0:1 -o -",
     "1,0,0,0\n"},
    {"fovea capture demo -o b6.fovea 'a b c' --generate 4 --quiet; "
     "fovea store info b6.fovea --format tsv",
     "\n1\t1\t0\t8\t"},
    {"fovea capture demo -o b7.fovea --random-repeat 4 --limit 3 --seed 5 --shard 1/2 --quiet; "
     "fovea store info b7.fovea --format tsv",
     "\trandom repeat 2\n"},
    {"fovea capture demo -o b8.fovea 'a b' --dry-run --points all --keep bf16", "peak memory"},
    {"fovea capture demo --dry-run --random-repeat 600 --limit 1 --points blocks.0.hook_resid_pre",
     "the first of 1,201 tokens"},
    {"fovea capture demo -o b9.fovea 'a b' --points "
     "'blocks.{0,3-5}.attn.hook_z[1,3]@-2:,blocks.2.hook_resid_post@0:2' --quiet; "
     "fovea export b9.fovea --point 'blocks.2.hook_resid_post@0:2' -o - | wc -l",
     "2"},
    {"SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 "
     "fovea capture demo -o b10.fovea --random-repeat 4 --limit 3 --quiet; "
     "fovea store info b10.fovea --format tsv",
     "\trandom repeat 2\n"},
    /* store */
    {"fovea store info a.fovea --format json", "\"title\": \"random repeat 1\""},
    {"cp a.fovea e.fovea; sqlite3 e.fovea \"update model set name = 'x' || char (27) || '[31m'\"; "
     "fovea store info e.fovea",
     "model x\\x1B[31m (llama)"},
    {"fovea store check a.fovea --quiet --format tsv", "sequence\ttitle\tarray\trow\n"},
    {"fovea store info a.fovea -o i.txt; grep -c 'random repeat' i.txt", "2"},
    /* heads */
    {"fovea heads a.fovea --run 1 --format tsv --quiet", "# n_repeat: 0\n# n_text: 1\n"},
    {"fovea heads a.fovea --run 2 --format tsv --quiet", "# n_repeat: 2\n# n_text: 0\n"},
    {"fovea heads demo --limit 1 --tokens 40 --random-repeat 10 --seed 4 --device cpu "
     "--precision bf16 --threads 1 --memory 1G --format json --quiet",
     "\"repeat_period\": \"10\""},
    /* export */
    {"fovea export a.fovea --sequence 2 --point blocks.0.attn.hook_pattern --head 3 --rows 1:3 "
     "--keys :2 -o - | wc -l",
     "2"},
    {"fovea export a.fovea --run 2 --point blocks.1.attn.hook_v --rows 2: --max-bytes 1M -o x.npy; "
     "head -c 6 x.npy | tail -c 5",
     "NUMPY"},
    {"fovea export a.fovea --point 'blocks.1.attn.hook_{v,rot_k}' --point hook_e* -o x.npz || "
     "fovea export a.fovea --point 'blocks.1.attn.hook_{v,rot_k}' -o x.npz && head -c 2 x.npz",
     "PK"},
    {"fovea export a.fovea --point 'blocks.0.attn.v.hook_ou*' -o - | awk -F, '{print NF}' | sort "
     "-u",
     "32\n"},
    {"fovea export a.fovea --point blocks.0.attn.hook_attn_scores --head 0 --rows 0:1 --keys 0:2 "
     "-o -",
     ",-inf\n"},
    {"fovea export a.fovea --point blocks.5.attn.hook_row_argmax --rows 0:1 -o -",
     "0,0,0,0,0,0,0,0,0,0,0,0\n"},
    /* import */
    {"fovea export a.fovea --point 'blocks.*.attn.*' -o größe.safetensors && "
     "fovea import größe.safetensors -o c.fovea --quiet && "
     "sqlite3 c.fovea \"select json_extract (options, '$.file') from run\"",
     "größe.safetensors"},
    {"fovea import größe.safetensors -o d.fovea --quiet && "
     "fovea export d.fovea --point blocks.0.attn.hook_row_argmax -o - > new.csv && "
     "fovea export a.fovea --point blocks.0.attn.hook_row_argmax -o - | cmp - new.csv && echo same",
     "same"},
    {"fovea import größe.safetensors -o e.fovea --both-ways 2>&1 || true", "says itself whether"},
    /* figure */
    {"fovea figure map a.fovea --run 2 --sequence 3 --layer 5 --head 7 --rows 1:5 --keys :6 "
     "--query 2 --key 1 --scale linear --token-axes --width 89 --height 90 --text-size 8 --dpi 72 "
     "--letters -o m.png && head -c 4 m.png | tail -c 3",
     "PNG"},
    {"fovea figure mask a.fovea --sequence 3 --head 5.7 --methods streaming:window=2 --rows 1:5 "
     "--keys :6 -o k1.svg && fovea figure mask a.fovea --sequence 3 --head 5.7 --methods "
     "streaming:window=2 --rows 1:5 --keys :6 --token-axes -o k2.svg && grep -c 'key position' "
     "k1.svg"
     " && grep -c 'key position' k2.svg || echo tokens",
     "1\n0\ntokens"},
    {"fovea figure map a.fovea --floor 0.01 -o m1.svg && fovea figure map a.fovea -o m2.svg && "
     "cmp -s m1.svg m2.svg || echo differ",
     "differ"},
    {"grep -c \"model_hash[^,]*$(fovea model demo | sed -n 's/content_hash *//p')[^0-9a-f]\" "
     "m2.svg",
     "1"},
    {"fovea figure map a.fovea --theme light -o m4.svg && cmp m4.svg m2.svg && echo same", "same"},
    {"fovea figure map a.fovea --theme dark -o m5.svg && cp m5.svg m6.svg && "
     "fovea figure --again m6.svg && cmp m5.svg m6.svg && grep -c '<rect.*#1E1E1E' m6.svg",
     "1"},
    {"fovea figure map a.fovea --no-caption -o m3.svg && cmp -s m3.svg m2.svg || echo differ",
     "differ"},
    {"fovea figure heads a.fovea --run 2 --score induction --no-letters -o h.svg && grep -c '<svg' "
     "h.svg",
     "1"},
    {"fovea figure heads a.fovea --score layer -o h1.svg && grep -c '<svg' h1.svg", "1"},
    {"fovea figure tokens a.fovea --value key --key 2 --head 1.3 -o t1.svg; grep -c 'onto key 2' "
     "t1.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --key 2 -o t2.svg; grep -c 'onto key 2' t2.svg", "2\n"},
    {"fovea figure tokens a.fovea --query 4 --scale linear -o t3.svg; grep -c 'query 4' t3.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value received -o t4.svg; grep -c 'weight received' t4.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value entropy -o t5.svg; grep -c 'entropy in nats' t5.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value max_weight -o t6.svg; grep -c 'largest weight' t6.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value mean_distance -o t7.svg; grep -c 'mean distance' t7.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value first_token -o t8.svg; grep -c 'first token' t8.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --value window_16 -o t9.svg; grep -c 'last 16 tokens' t9.svg",
     "2\n"},
    {"fovea figure tokens a.fovea --key 3 -o r.svg; cp r.svg r0.svg; fovea figure --again r.svg "
     "a.fovea; cmp r.svg r0.svg && echo same",
     "same"},
    {"fovea figure tokens a.fovea --key 3 -o r.svg; fovea figure --again r.svg -o r.pdf; "
     "fovea figure tokens a.fovea --key 3 -o r1.pdf; cmp r.pdf r1.pdf && echo same",
     "same"},
    /* compare */
    {"fovea compare demo demo --ids 1,2,3,4 --format tsv --quiet", "# same_best_token: 1\n"},
    {"fovea compare demo demo \"The time traveller\" --tokens 3 --by head --format tsv --quiet | "
     "grep -c '^5'",
     "12\n"},
    {"fovea compare demo demo \"The time traveller\" --by role --format tsv --quiet | cut -f 1-4",
     "role\theads_a\theads_b\tkept\nprevious token\t"},
    {"echo The time traveller | fovea compare demo demo -f - --format tsv --quiet",
     "blocks.5.hook_resid_post\t2304\t0\t1\t0\n"},
    /* selfcheck */
    {"fovea selfcheck --device cpu --threads 1 --format tsv --quiet", "# tolerance_f32: 1e-4\n"},
    /* all common options of those that run a model in one go */
    {"fovea classify vit picture.npy" COMMON, "picture\trank\tlabel"},
    {"fovea compare demo demo a" COMMON " --by head", "layer\thead"},
    {"fovea compare demo demo a" COMMON " --by feature --sae sae", "latent"},
    {"fovea sae ablate demo 'He and she went, and he gave it to' --sae sae --answer ' her' "
     "--against ' she'" COMMON,
     "# position: 3\n"},
    {"fovea sae context demo 'The father and the mother went out, and the father gave it to the' "
     "--sae sae --latent 754 --position 11" COMMON,
     "# range: short-range\n"},
    {"fovea sae steer demo 'It was a' --sae sae --latent 1275 --value 5 --next 2" COMMON, "5\t"},
    {"fovea sae prefixes demo --sequences 1 --prefix 1 --tokens 32 --seed 3" COMMON " > 3.tsv; "
     "fovea sae prefixes demo --sequences 1 --prefix 1 --tokens 32 --seed 4" COMMON
     " | cmp -s - 3.tsv || echo differ",
     "differ"},
    /* window: the program beside this one, or in its build folder, is started with the store */
    {"mkdir -p w/window && cp \"$program\" w/fovea && "
     "printf '#!/bin/sh\\necho window: \"$@\"\\n' > w/fovea-window && chmod +x w/fovea-window && "
     "w/fovea window a.fovea",
     "window: a.fovea\n"},
    {"mkdir -p v/command v/window && cp \"$program\" v/command/fovea && "
     "cp w/fovea-window v/window/fovea-window && v/command/fovea",
     "window:\n"},
    {"mkdir -p u/bin && cp \"$program\" u/fovea && cp w/fovea-window u/bin/fovea-window && "
     "PATH=\"$PWD/u/bin:$PATH\" u/fovea window 'my store.fovea'",
     "window: my store.fovea\n"},
    /* help */
    {"fovea help store info", "List runs, codes and sequences"},
    {"fovea store check -h", "Verify every checksum"},
};

START_TEST (option_does_what_its_page_says)
{
    g_autoptr (CommandResult) result = command_run_line (command_folder, lines[_i].line);
    ck_assert_msg (*result->err == '\0' || strstr (lines[_i].line, "||") != NULL, "%s: said '%s'",
                   lines[_i].line, result->err);
    ck_assert_msg (strstr (result->out, lines[_i].part) != NULL, "%s: wrote '%s', expected '%s'",
                   lines[_i].line, result->out, lines[_i].part);
}
END_TEST

/* Pairs that contradict each other, or of which one would be ignored: wrong usage, status 2. */
static const struct {
    const char *line, *part;
} conflicts[] = {
    {"fovea tokenize demo a --ids-only --format json", "--ids-only and --format exclude"},
    {"fovea generate demo a --greedy --temperature 1", "--greedy and --temperature exclude"},
    {"fovea generate demo a --greedy --top-p 0.5", "--greedy and --top-p exclude"},
    {"fovea generate demo a --greedy --seed 1", "--greedy and --seed exclude"},
    {"fovea generate demo -f one.txt --ids 1", "--file and --ids exclude"},
    {"fovea generate demo --ids 1 --no-special", "--ids and --no-special exclude"},
    {"fovea generate demo a --ids-only --format tsv", "--ids-only and --format exclude"},
    {"fovea generate demo a --temperature 0", "--temperature is '0'"},
    {"fovea generate demo a --top-k 0", "--top-k is '0'"},
    {"fovea generate demo a --top-p 1.5", "--top-p is '1.5'"},
    {"fovea generate demo a --max-tokens -3", "--max-tokens is '-3'"},
    {"fovea generate demo a --threads 0", "--threads is '0'"},
    {"fovea generate demo --ids 1,x", "--ids is '1,x'"},
    {"fovea generate demo --ids ''", "--ids"},
    {"fovea capture demo -o z.fovea a --jsonl t.jsonl", "more than one input"},
    {"fovea capture demo -o z.fovea a -f one.txt", "a text and -f exclude each other"},
    {"fovea capture demo -o z.fovea --ids 1 --no-special", "--no-special"},
    {"fovea capture demo -o z.fovea --random-repeat 4 --stride 2", "--stride"},
    {"fovea capture demo -o z.fovea --random-repeat 4 --tokens 2", "--tokens"},
    {"fovea capture demo -o z.fovea a --stride 0", "--stride is '0'"},
    {"fovea capture demo -o z.fovea a --limit 0", "--limit is '0'"},
    {"fovea capture demo -o z.fovea a --shard 2/2", "--shard is '2/2'"},
    {"fovea capture demo -o z.fovea a --shard 1", "--shard is '1'"},
    {"fovea capture demo -o z.fovea a --memory -1", "--memory is '-1'"},
    {"fovea capture demo -o z.fovea a --precision f64", "--precision is 'f64'"},
    {"fovea capture demo -o z.fovea a --points ''", "list of points is empty"},
    {"fovea heads a.fovea --random-repeat 5", "--random-repeat has no effect on a store"},
    {"fovea heads a.fovea --tokens 5", "--tokens has no effect on a store"},
    {"fovea heads a.fovea --seed 5", "--seed has no effect on a store"},
    {"fovea heads a.fovea --device cpu", "--device has no effect on a store"},
    {"fovea export a.fovea --point x -o x.npy --rows 3", "--rows is '3'"},
    {"fovea export a.fovea --point x -o x.npy --rows 3:3", "--rows is '3:3'"},
    {"fovea export a.fovea --point x -o x.npy --head -1", "--head is '-1'"},
    {"fovea figure map a.fovea -o x.svg --letters --no-letters", "--letters and --no-letters"},
    {"fovea figure map a.fovea -o x.svg --value key", "--value has no effect on a figure of kind"},
    {"fovea figure heads a.fovea -o x.svg --rows 1:2", "--rows has no effect"},
    {"fovea figure qk a.fovea -o x.svg --rows 1:2", "--rows has no effect on a figure of kind qk"},
    {"fovea figure qk a.fovea -o x.csv --width 90", "--width has no effect on numbers"},
    {"fovea figure qk a.fovea -o x.npz --no-letters", "--no-letters has no effect on numbers"},
    {"fovea figure heads a.fovea -o x.svg --query 1", "--query has no effect"},
    {"fovea figure heads a.fovea -o x.svg --scale log", "--scale has no effect"},
    {"fovea figure tokens a.fovea -o x.svg --token-axes", "--token-axes has no effect"},
    {"fovea figure tokens a.fovea -o x.svg --floor 0.1", "--floor has no effect"},
    {"fovea figure tokens a.fovea -o x.svg --value key --query 3", "--query has no effect"},
    {"fovea figure tokens a.fovea -o x.svg --value entropy --key 3", "--key has no effect"},
    {"fovea figure tokens a.fovea -o x.svg --query 1 --key 3", "--key has no effect"},
    {"fovea figure map a.fovea -o x.png --floor 0.1 --scale linear", "--floor has no effect"},
    {"fovea figure map a.fovea -o x.svg --dpi 100", "--dpi has no effect"},
    {"fovea figure map a.fovea -o x.png --dpi 5", "--dpi is '5'"},
    {"fovea figure map a.fovea -o x.svg --width 10", "--width is '10'"},
    {"fovea figure map a.fovea -o x.svg --scale cubic", "--scale is 'cubic'"},
    {"fovea figure map a.fovea -o x.svg --theme blue", "--theme is 'blue', expected light|dark"},
    {"fovea figure --again x.svg --theme dark", "--theme and --again exclude"},
    {"fovea figure --again x.svg a.fovea b.fovea", "unexpected argument 'b.fovea' with --again"},
    {"fovea figure --again x.svg --dpi 100", "--dpi and --again exclude"},
    {"fovea window a.fovea b.fovea", "unexpected argument 'b.fovea'"},
    {"fovea store info", "too few arguments"},
    {"fovea store check a.fovea --run 1", "unknown option --run"},
    {"fovea compare demo demo", "give one of TEXT, -f FILE and --ids LIST"},
    {"fovea compare demo demo a --ids 1", "give one of TEXT"},
    {"fovea compare demo demo --ids 1 --tokens 2", "--tokens cuts a text, not --ids"},
    {"fovea compare demo demo --ids 1 --by feature", "--by feature and --sae go together"},
    {"fovea compare demo demo a --seed 3", "--seed has no effect without --by role"},
    {"fovea classify vit picture.npy --seed 3", "--seed has no effect on this command"},
    {"fovea sae ablate demo a --sae sae --answer a --against b --seed 3", "--seed has no effect"},
    {"fovea sae attribution demo a --sae sae --latent 1 --seed 3", "--seed has no effect"},
    {"fovea sae context demo a --sae sae --latent 1 --seed 3", "--seed has no effect"},
    {"fovea sae context demo a --sae sae --latent 99999999999",
     "expected a whole number from 0 to 2147483647"},
    {"fovea sae prefixes demo --tokens 2000000", "expected a whole number from 32 to 1048576"},
    {"fovea sae train demo -f one.txt --hook blocks.2.hook_resid_post -o out --products tf32",
     "--products has no effect"},
    {"fovea sae dashboard sae a.fovea --latent 1 -o l.json --width 100", "--width has no effect"},
    {"fovea sae dashboard sae a.fovea --latent 1 -o l.json --theme dark", "--theme has no effect"},
    {"fovea sae dashboard sae a.fovea --latent 1 -o l.json --dpi 100", "--dpi goes with -o *.png"},
    {"fovea sae dashboard sae a.fovea --latent 1 -o l.svg --dpi 100", "--dpi goes with -o *.png"},
    {"fovea selfcheck demo b", "unexpected argument 'b'"},
    {"fovea points demo --tokens 0", "--tokens is '0'"},
    {"fovea model demo --quiet=yes", "--quiet"},
    {"fovea model demo --format", "--format"},
};

START_TEST (contradiction_is_wrong_usage)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, conflicts[_i].line, 2, conflicts[_i].part);
    ck_assert_str_eq (result->out, "");
    g_autofree char *store = g_build_filename (command_folder, "z.fovea", NULL);
    ck_assert (!g_file_test (store, G_FILE_TEST_EXISTS));
}
END_TEST

/* What the rows of a store's own head table may have become. */
static const struct {
    const char *sql, *line;
} tables[] = {
    {"UPDATE result_column SET kind = 'text' WHERE name = 'layer'", "--score entropy"},
    {"UPDATE result_column SET kind = 'text' WHERE name = 'induction'", ""},
    {"UPDATE result_column SET kind = 'number' WHERE name = 'role'", ""},
    {"UPDATE result_column SET kind = 'integer' WHERE name = 'name'", ""},
    {"UPDATE result_cell SET value = -5 WHERE position = 0", "--score entropy"},
    {"UPDATE result_cell SET value = 4000000000 WHERE position = 1", "--score entropy"},
    {"DELETE FROM result_column WHERE name = 'head'", "--score entropy"},
};

START_TEST (head_table_that_cannot_be_is_computed_anew)
{
    g_autofree char *line =
        g_strdup_printf ("cp a.fovea t%d.fovea && sqlite3 t%d.fovea \"%s\" && "
                         "fovea figure heads t%d.fovea %s -o t.svg && grep -c '<svg' t.svg",
                         _i, _i, tables[_i].sql, _i, tables[_i].line);
    g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
    ck_assert_str_eq (result->out, "1\n");
}
END_TEST

START_TEST (score_that_is_no_number_is_named)
{
    g_autoptr (CommandResult) text = command_expect (
        command_folder, "fovea figure heads a.fovea --score role -o x.svg", 1, "no score \"role\"");
    g_autoptr (CommandResult) none =
        command_expect (command_folder, "fovea figure heads a.fovea --score nosuch -o x.svg", 1,
                        "no score \"nosuch\"");
}
END_TEST

/* Arrays of whole numbers stay so on their way through a store. */
START_TEST (whole_numbers_are_imported_as_they_are)
{
    static const char json[] =
        "{\"blocks.0.attn.hook_q\":{\"dtype\":\"F32\",\"shape\":[3,1,1],\"data_offsets\":[0,12]},"
        "\"blocks.0.attn.hook_k\":{\"dtype\":\"F32\",\"shape\":[3,1,1],\"data_offsets\":[12,24]},"
        "\"blocks.0.attn.hook_row_argmax\":{\"dtype\":\"I32\",\"shape\":[3,1],"
        "\"data_offsets\":[24,36]}}";
    const guint64 length = GUINT64_TO_LE (sizeof json - 1);
    const gint32 keys[] = {GINT32_TO_LE (0), GINT32_TO_LE (1), GINT32_TO_LE (-1)};
    const float zeros[6] = {0};
    g_autoptr (GByteArray) file = g_byte_array_new ();
    g_byte_array_append (file, (const guint8 *) &length, sizeof length);
    g_byte_array_append (file, (const guint8 *) json, sizeof json - 1);
    g_byte_array_append (file, (const guint8 *) zeros, sizeof zeros);
    g_byte_array_append (file, (const guint8 *) keys, sizeof keys);
    g_autofree char *path = g_build_filename (command_folder, "whole.safetensors", NULL);
    ck_assert (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea import whole.safetensors -o whole.fovea --quiet && fovea export whole.fovea "
        "--point blocks.0.attn.hook_row_argmax -o - && fovea export whole.fovea "
        "--point blocks.0.attn.hook_pattern --rows 2: -o -",
        0, NULL);
    /* The kept argmax is given back, though the pattern that follows would say 0. */
    ck_assert_msg (g_str_has_prefix (result->out, "0\n1\n-1\n0.3333333"), "%s", result->out);
}
END_TEST

/* What is refused although the words are in order: status 1. */
static const struct {
    const char *line, *part;
} refusals[] = {
    {"fovea export a.fovea --point 'blocks.0.attn.hook_pattern@2:5' -o x.npy",
     "choose rows, keys and head of an export by its options"},
    {"fovea compare demo vit a", "fovea-demo has 6 layers of 12 heads of width 32, vit "},
    {"fovea export a.fovea --point 'blocks.*.hook_nosuch*' -o x.npz", "nearest names"},
    {"fovea export a.fovea --point 'blocks.*.attn.hook_lse' -o x.npy", "such a file holds one"},
    {"fovea capture demo -o y.fovea a --points blocks.0.hook_resid_pre --quiet; "
     "fovea export y.fovea --point blocks.0.hook_resid_pre --head 1 -o x.npy",
     "has heads"},
    {"fovea export a.fovea --point blocks.0.attn.hook_v --keys 1:2 -o x.npy", "an axis of keys"},
    {"fovea export a.fovea --run 9 --point all -o x.npz", "run 9"},
    {"fovea generate demo '' --no-special", "the prompt has no tokens"},
    {"fovea capture demo -o y.fovea -f one.txt two.txt --tokens 1 --stride 2",
     "windows of 1 tokens; of fovea-demo, which reads up to 4,096, at least 2"},
    {"fovea capture demo -o y.fovea a --generate 5000",
     "sequence of 5,002 tokens: fovea-demo holds 4,096; use --tokens"},
    {"fovea capture demo -o y.fovea --jsonl nosuch.jsonl", "nosuch.jsonl"},
    {"printf '{\"ids\":[0,9999]}\\n' > b.jsonl; fovea capture demo -o y.fovea --jsonl b.jsonl",
     "b.jsonl"},
    {"fovea capture demo -o y.fovea --ids 0,1 --shard 1/2", "nothing to capture"},
    {"printf x > x.pt; fovea import x.pt -o y.fovea", "x.pt"},
    {"fovea heads a.fovea --run 9", "run 9 holds no sequence"},
    {"fovea sae train demo -f one.txt --tokens 4 --hook blocks.2.hook_resid_post -o out --steps 2"
     " --batch 2 --device cpu --architecture batchtopk --k 4 --products tf32 --quiet",
     "products of tf32 need a GPU"},
    {"fovea figure tokens a.fovea --key 500 -o x.svg", "500"},
    {"fovea figure map a.fovea --query 3 --key 400 -o x.svg", "3,400 lies outside"},
};

/* Notes and refusals that a short text has no commas for. */
START_TEST (counts_in_what_is_said_have_commas)
{
    static const struct {
        const char *line, *part;
        int status;
    } cases[] = {
        {"fovea capture demo -o long.fovea --jsonl long.jsonl --points "
         "blocks.0.attn.hook_q,blocks.0.attn.hook_k --quiet; "
         "fovea recall long.fovea --methods window --cost",
         "needs sequences of one length: 1 has 1,002 tokens, 2 has 1,003 (", 2},
        {"fovea export long.fovea --sequence 1 --point 'blocks.0.attn.hook_?' -o k.safetensors "
         "--quiet; fovea import k.safetensors -o k.fovea",
         "2 arrays, 1,002 tokens, ", 0},
        {"fovea compare demo demo \"$(seq 1 700)\" --tokens 1200 --by head",
         "compare: over 1,200 tokens ", 0},
    };
    command_result_free (command_expect (
        command_folder,
        "for end in 2001 2002; do printf '{\"ids\":[%s]}\\n' \"$(seq -s, 1000 $end)\"; done "
        "> long.jsonl",
        0, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (CommandResult) result = command_run_line (command_folder, cases[i].line);
        ck_assert_int_eq (result->status, cases[i].status);
        ck_assert_msg (strstr (result->err, cases[i].part) != NULL, "%s", result->err);
    }
}
END_TEST

START_TEST (what_cannot_be_done_is_said_in_one_line)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, refusals[_i].line, 1, refusals[_i].part);
}
END_TEST

START_TEST (missing_window_is_said_in_one_line)
{
    g_autoptr (CommandResult) none = command_expect (
        command_folder, "mkdir -p n && cp \"$program\" n/fovea && PATH=/nonexistent n/fovea window",
        1, "window");
    g_autoptr (CommandResult) broken = command_expect (
        command_folder,
        "mkdir -p b && cp \"$program\" b/fovea && : > b/fovea-window && chmod +x b/fovea-window && "
        "b/fovea window",
        1, "Exec format error");
}
END_TEST

/* A bar is drawn on a terminal alone; script (1) makes one. */
START_TEST (progress_on_a_terminal_is_one_line_that_goes_away)
{
    g_autofree char *program = command_path ();
    g_autofree char *line = g_strdup_printf (
        "command -v script > /dev/null || exit 77; script -qec \"'%s' capture demo -o p.fovea "
        "--random-repeat 300 --limit 6\" /dev/null < /dev/null",
        program);
    const char *words[] = {"sh", "-c", line, NULL};
    g_autoptr (CommandResult) result = command_run (command_folder, NULL, words);
    if (result->status == 77)
        return;
    ck_assert_int_eq (result->status, 0);
    ck_assert_msg (strstr (result->out, "run 1 in") != NULL, "%s", result->out);
    ck_assert_msg (strstr (result->out, "\r\033[K[") != NULL, "no bar: %s", result->out);
    ck_assert_msg (strstr (result->out, "tokens/s") != NULL || strstr (result->out, "/s") != NULL,
                   "no rate: %s", result->out);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("command options");
    TCase *tcase = tcase_create ("one store");
    tcase_set_timeout (tcase, 60);
    tcase_add_unchecked_fixture (tcase, make_folder, command_tear_down);
    tcase_add_loop_test (tcase, option_does_what_its_page_says, 0, G_N_ELEMENTS (lines));
    tcase_add_loop_test (tcase, contradiction_is_wrong_usage, 0, G_N_ELEMENTS (conflicts));
    tcase_add_loop_test (tcase, head_table_that_cannot_be_is_computed_anew, 0,
                         G_N_ELEMENTS (tables));
    tcase_add_test (tcase, score_that_is_no_number_is_named);
    tcase_add_test (tcase, whole_numbers_are_imported_as_they_are);
    tcase_add_test (tcase, counts_in_what_is_said_have_commas);
    tcase_add_loop_test (tcase, what_cannot_be_done_is_said_in_one_line, 0,
                         G_N_ELEMENTS (refusals));
    tcase_add_test (tcase, missing_window_is_said_in_one_line);
    tcase_add_test (tcase, progress_on_a_terminal_is_one_line_that_goes_away);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
