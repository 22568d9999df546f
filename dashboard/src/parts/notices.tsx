import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { faultText } from "./states.tsx";

/** Says below that something was done, with a way back where there is one. */
export function done(text: string, undo?: { readonly text: string; readonly run: () => Promise<unknown> }): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: undo === undefined ? 4_000 : 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {undo === undefined ? null : (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              notifications.hide(id);
              void undo.run().catch(failed);
            }}
          >
            {undo.text}
          </Button>
        )}
      </Group>
    ),
  });
}

/** Says that something was not done, and why. */
export function failed(error: unknown): void {
  notifications.show({ color: "red", autoClose: 10_000, message: faultText(error), role: "alert" });
}
