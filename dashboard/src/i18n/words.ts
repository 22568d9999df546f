import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

const i18next = createInstance();

/** The languages of the dashboard, each with its own name. */
export const LANGUAGES = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;

/** What a sentence is given to say: `count` chooses between its forms. */
type Values = Readonly<Record<string, string | number>>;
type FormOf<K> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;
export type Say<K> = (key: FormOf<K>, values?: Values) => string;

const KEPT = "tideline-language";

export async function startWords(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({
    lng: kept() ?? (navigator.language.startsWith("fr") ? "fr" : "en"),
    fallbackLng: "en",
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
  });
}

/**
 * The words of one room, in both languages. A form for one and one for more are `key_one` and `key_other`; `{{name}}` is filled in.
 * @returns a hook that says them in the language of the reader
 */
export function defineWords<const E extends Readonly<Record<string, string>>>(
  room: string,
  en: E,
  fr: Readonly<Record<keyof E, string>>,
): () => Say<keyof E & string> {
  const lay = (): void => {
    i18next.addResourceBundle("en", room, en);
    i18next.addResourceBundle("fr", room, fr);
  };
  if (i18next.isInitialized) lay();
  else i18next.on("initialized", lay);
  return () => {
    const { t } = useTranslation(room);
    return (key: string, values) => t(key, { ...values });
  };
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === "fr" ? "fr" : "en";
}

export function speak(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // A browser that keeps nothing asks its own language again.
  }
  void i18next.changeLanguage(language);
}

function kept(): Language | undefined {
  try {
    const language = localStorage.getItem(KEPT);
    return language === "en" || language === "fr" ? language : undefined;
  } catch {
    return undefined;
  }
}
