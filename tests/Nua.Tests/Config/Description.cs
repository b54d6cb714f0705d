using System.Collections;
using System.Reflection;
using System.Text;

namespace Nua.Tests.Config;

/// <summary>Every property of a record as text, lists and tables item by item: records compare lists by reference,
/// tests want the content.</summary>
internal static class Description
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                return;
            case string or int or bool:
                text.Append(value).Append('\n');
                return;
            case IReadOnlyDictionary<string, string> map:
                text.Append(string.Join(", ", map.OrderBy(pair => pair.Key, StringComparer.Ordinal))).Append('\n');
                return;
            case IEnumerable items:
                text.Append("[\n");
                foreach (var item in items)
                {
                    text.Append(' ', depth);
                    Append(text, item, depth + 1);
                }

                text.Append(' ', depth).Append("]\n");
                return;
        }

        text.Append(value.GetType().Name).Append('\n');
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            text.Append(' ', depth + 1).Append(property.Name).Append(" = ");
            Append(text, property.GetValue(value), depth + 1);
        }
    }
}
