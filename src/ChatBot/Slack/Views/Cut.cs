namespace ChatBot.Slack.Views;

/// <summary>The beginning of a text that a page or a person wrote.</summary>
internal static class Cut
{
    /// <summary>As much as Slack counts as so many characters after escaping, an ellipsis included; between words if it can be.</summary>
    public static string To(int most, string text)
    {
        var (weight, end) = (0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            weight += text[at] switch
            {
                '&' => 5,
                '<' or '>' => 4,
                '`' => 2, // runs of them are parted
                _ => 1,
            };
            if (weight <= most - 1)
            {
                end = at + 1; // as far as it goes with room for the ellipsis
            }
        }

        if (weight <= most)
        {
            return text;
        }

        var space = text.LastIndexOfAny([' ', '\n'], end, (end / 2) + 1);
        end = space > 0 ? space : char.IsLowSurrogate(text[end]) ? end - 1 : end;
        return $"{text[..end].TrimEnd(' ', '\n', ',', ':')}…";
    }
}
