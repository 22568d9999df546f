import {
  Alert,
  createTheme,
  defaultVariantColorsResolver,
  DrawerHeader,
  ModalHeader,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from "@mantine/core";

/** Deep water: its sixth shade is read on white, its fourth on the dark ground (WCAG AA). */
const tide: MantineColorsTuple = [
  "#e6f6f8",
  "#cfe9ee",
  "#a3d4de",
  "#73becd",
  "#4cabbe",
  "#2f92a8",
  "#0f7389",
  "#0b6275",
  "#085162",
  "#033f4d",
];

export const theme = createTheme({
  primaryColor: "tide",
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  // Where black on a colour begins to be read better than white.
  luminanceThreshold: 0.179,
  // The library's own chooses by the light scheme's shade in both.
  variantColorResolver: (asked) => {
    const colors = defaultVariantColorsResolver(asked);
    const isPrimary = asked.color === undefined || asked.color === asked.theme.primaryColor;
    return asked.variant === "filled" && isPrimary ? { ...colors, color: "var(--mantine-primary-color-contrast)" } : colors;
  },
  colors: { tide },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // In its own colour a title is too faint to read.
    Alert: Alert.extend({ styles: { title: { color: "var(--mantine-color-text)" } } }),
    // A page has one banner; these head a dialog.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "none" } }),
    DrawerHeader: DrawerHeader.extend({ defaultProps: { role: "none" } }),
  },
});

/** What the library's own shades leave too faint to read. */
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#596069",
    "--mantine-color-placeholder": "#6b737c",
    "--mantine-color-error": "#c2251f",
    "--mantine-color-anchor": "var(--mantine-color-tide-7)",
  },
  dark: {
    "--mantine-color-dimmed": "#a9b1ba",
    "--mantine-color-placeholder": "#99a1aa",
    "--mantine-color-error": "#ff8a85",
    "--mantine-color-anchor": "var(--mantine-color-tide-3)",
  },
});
