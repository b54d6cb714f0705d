using System.Text.Json;
using Nua.Agent.Templates;
using Nua.Foundation;

namespace Nua.Agent.Config;

/// <summary>
/// A value of nua-config.json with its place, so that a wrong one is named. Absent and null are the same.
/// </summary>
internal readonly struct ConfigNode(JsonElement element, string key, string file)
{
    public IEnumerable<string> Keys
    {
        get
        {
            var keys = new List<string>();
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    keys.Add(property.Name);
                }
            }

            return keys;
        }
    }

    public ProblemException Wrong(string why) => Refusal.ConfigInvalid(file, key, why);

    public ConfigNode Object(string name)
    {
        var child = Child(name);
        return child.IsNull || child.Kind == JsonValueKind.Object ? child : throw child.Wrong("an object is wanted");
    }

    public string? Text(string name)
    {
        var child = Child(name);
        return child.IsNull ? null : child.AsText();
    }

    public string RequiredText(string name) => Text(name) ?? throw Child(name).Wrong("a text is wanted");

    public bool Bool(string name, bool otherwise)
    {
        var child = Child(name);
        return child.Kind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => child.IsNull ? otherwise : throw child.Wrong("true or false is wanted"),
        };
    }

    public int? Number(string name, int least, int most)
    {
        var child = Child(name);
        return child.IsNull ? null : child.AsNumber(least, most);
    }

    public int RequiredNumber(string name, int least, int most) =>
        Number(name, least, most) ?? throw Child(name).Wrong("a number is wanted");

    public IReadOnlyList<string> Texts(string name) => List(name, static node => node.AsText());

    public IReadOnlyList<T> List<T>(string name, Func<ConfigNode, T> read)
    {
        var child = Child(name);
        if (child.IsNull)
        {
            return [];
        }

        if (child.Kind != JsonValueKind.Array)
        {
            throw child.Wrong("a list is wanted");
        }

        var result = new List<T>();
        foreach (var item in child.Element.EnumerateArray())
        {
            result.Add(read(new ConfigNode(item, $"{child.Key}[{result.Count}]", file)));
        }

        return result;
    }

    /// <summary>A shell line, or a list of arguments. Empty is the same as absent.</summary>
    public PackagerCommand? Command(string name)
    {
        var child = Child(name);
        if (child.Kind == JsonValueKind.Array)
        {
            var list = Texts(name);
            return list.Count == 0 ? null : new PackagerCommand("", list);
        }

        return string.IsNullOrWhiteSpace(Text(name)) ? null : new PackagerCommand(Text(name)!);
    }

    public void CopyTo(Dictionary<string, object?> values)
    {
        foreach (var name in Keys)
        {
            values[name.Replace('-', '_')] = JsonValues.From(element.GetProperty(name));
        }
    }

    private JsonElement Element => element;

    private string Key => key;

    private JsonValueKind Kind => element.ValueKind;

    private bool IsNull => Kind is JsonValueKind.Undefined or JsonValueKind.Null;

    private ConfigNode Child(string name)
    {
        var path = key.Length == 0 ? name : $"{key}.{name}";
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child)
            ? new ConfigNode(child, path, file)
            : new ConfigNode(default, path, file);
    }

    private string AsText() => Kind == JsonValueKind.String ? element.GetString()! : throw Wrong("a text is wanted");

    public int AsNumber(int least, int most) =>
        Kind == JsonValueKind.Number && element.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"a number from {least} to {most} is wanted");
}
