using System.Text;
using Nua.Agent.Settings;

namespace Nua.Agent.Templates;

/// <summary>
/// The logic-free template of <c>*.tmpl</c>: <c>${NAME}</c> is replaced, <c>$$</c> is one dollar sign, any other dollar
/// sign stays, so that shell and nginx variables written <c>$name</c> pass.
/// </summary>
internal static class DollarTemplate
{
    /// <exception cref="TemplateError">a name is not defined, or <c>${</c> is not followed by a name and a
    /// brace.</exception>
    public static string Render(string source, IReadOnlyDictionary<string, object?> names)
    {
        var result = new StringBuilder(source.Length);
        var position = 0;
        while (position < source.Length)
        {
            var dollar = source.IndexOf('$', position);
            if (dollar < 0 || dollar + 1 == source.Length)
            {
                break;
            }

            result.Append(source, position, dollar - position);
            position = dollar + 2;
            if (source[dollar + 1] == '{')
            {
                result.Append(Value(source, dollar, names, out position));
            }
            else
            {
                result.Append(source[dollar + 1] == '$' ? "$" : source.AsSpan(dollar, 2));
            }

            RenderState.CheckLength(result.Length, default);
        }

        return result.Append(source, position, source.Length - position).ToString();
    }

    private static string Value(string source, int dollar, IReadOnlyDictionary<string, object?> names, out int end)
    {
        if (!Expansion.TryReference(source, dollar, out var name, out end))
        {
            throw new TemplateError(PositionOf(source, dollar),
                "'${' must be followed by a name and '}'; write $${ for the characters themselves");
        }

        return names.TryGetValue(name, out var value)
            ? Values.Text(value, PositionOf(source, dollar))
            : throw new TemplateError(PositionOf(source, dollar), $"'{name}' is not defined");
    }

    private static Position PositionOf(string source, int index)
    {
        var before = source.AsSpan(0, index);
        return new Position(before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
