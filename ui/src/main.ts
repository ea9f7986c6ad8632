// SPDX-License-Identifier: GPL-3.0-or-later
import { createApp } from "vue";
import { setHooks } from "@/api/client";
import App from "@/app/App.vue";
import { router } from "@/app/router";
import { markOwn } from "@/base/hinted";
import { watchLeaving } from "@/base/leaving";
import { startWorker } from "@/offline/worker";
import { session, sessionLost, sessionOfAnother, watchTabs } from "@/session/session";
import { i18n, language, showLanguage } from "@/words/i18n";
import "@/style/tokens.css";
import "@/style/base.css";
import "@/style/parts.css";

setHooks({ language, person: () => session.me?.person.id ?? "", sessionLost, sessionOfAnother, wrote: markOwn });
watchTabs();
showLanguage();
createApp(App).use(i18n).use(router).mount("#app");
watchLeaving();
void startWorker();
