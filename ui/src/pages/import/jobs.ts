// SPDX-License-Identifier: GPL-3.0-or-later
// Sheets on their way in, as the API tells of them.

export interface Finding {
  level: "problem" | "note";
  code: string;
  detail: string;
  row?: number;
  column?: string;
  value?: string;
}

export interface Result {
  rows: number;
  good: number;
  there: number;
  wrong: number;
  made: number;
}

export interface Report extends Result {
  refused: boolean;
  applied: boolean;
  worksheet?: string;
  findings: Finding[];
  findings_beyond: number;
  kinds: { level: string; code: string; count: number }[];
  next: number | null;
}

export interface Job {
  id: string;
  what: string;
  dry_run: boolean;
  status: "running" | "done" | "stopped" | "failed";
  done: number;
  all: number;
  started_at?: string;
  result?: Result;
  report?: Report;
}

/** What was sent as which import from this page: the server keeps no name of a file. Gone when the page is loaded anew. */
export const fileNames = new Map<string, string>();

export const statusWords: Record<Job["status"], string> = {
  running: "import.running",
  done: "import.done",
  stopped: "import.stopped",
  failed: "import.failed",
};

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** What the file is sent as; its bytes decide. */
export function typeOf(file: File): string {
  return /\.xlsx$/i.test(file.name) ? XLSX : "text/csv";
}
