/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/wording/wording.h"

/* Of the files that say which column of a sheet is which (src/interop/mapping.c), which are read as playbooks are. */
const struct wording wording_of_mappings[] = {
    {"expected a text", "应为单个值"},
    {"expected a number of rows", "应为行数"},
    {"expected %s or %s", "应为 `{0}` 或 `{1}`"},
    {"expected a time of day such as '12:00'", "应为时刻，如 `'12:00'`"},
    {"expected '.' or ','", "应为 `'.'` 或 `','`"},
    {"unknown key", "不认识这个键"},
    {"expected a mapping of texts to values", "应为一组“文字: 值”"},
    {"say where the column goes: to", "请用 `to` 写明这一列对应什么"},
    {"expected `ignore`, a column, or {to: ...}", "应为 `ignore`、一列的名称，或 `{to: ...}`"},
    {"the other columns can only be ignored", "其余的列只能写 `ignore`"},
    {"expected a mapping of headers to columns", "应为一组“表头: 列”"},
    {"expected a mapping of columns to values", "应为一组“列: 值”"},
    {"expected ',', ';' or tab", "应为 `','`、`';'` 或 `tab`"},
    {"a mapping file has to be one mapping", "对应文件应为一组“键: 值”"},
    {"a mapping file has to be one document", "对应文件中只能有一份文档"},
    {NULL, NULL},
};
