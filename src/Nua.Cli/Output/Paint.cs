namespace Nua.Cli.Output;

/// <summary>The few colours we use; all of them are the terminal's own sixteen, so the user's theme decides.</summary>
public sealed class Paint(bool isOn)
{
    public string Bold(string text) => With("1", text);

    public string Faint(string text) => With("2", text);

    public string Red(string text) => With("1;31", text);

    public string Yellow(string text) => With("33", text);

    public string Green(string text) => With("32", text);

    public string Cyan(string text) => With("36", text);

    private string With(string code, string text) => isOn ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
