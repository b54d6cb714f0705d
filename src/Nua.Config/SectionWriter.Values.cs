namespace Nua.Config;

/// <summary>Single keys of every shape. A null writes nothing, and an object without keys is not written either.</summary>
internal sealed partial class SectionWriter
{
    private readonly List<string> _waiting = [];
    private int _begun;

    /// <summary>JSON text as it is.</summary>
    public void Raw(string key, string? json)
    {
        if (json is not null)
        {
            Begin();
            writer.WritePropertyName(key);
            writer.WriteRawValue(json);
        }
    }

    private void NumberOr(string key, int? number, DynamicValue? value)
    {
        Number(key, number);
        if (value is not null)
        {
            Begin();
            writer.WritePropertyName(key);
            Dynamic(value);
        }
    }

    /// <summary>An object that is begun only when it gets its first key.</summary>
    private void Section(string name, Action body)
    {
        _waiting.Add(name);
        body();
        if (_begun == _waiting.Count)
        {
            writer.WriteEndObject();
            _begun--;
        }

        _waiting.RemoveAt(_waiting.Count - 1);
    }

    /// <summary>Begins the objects that wait; to be called before anything is written.</summary>
    private void Begin()
    {
        for (; _begun < _waiting.Count; _begun++)
        {
            writer.WriteStartObject(_waiting[_begun]);
        }
    }

    private void List<T>(string name, IReadOnlyList<T> items, Action<T> body)
    {
        if (items.Count == 0)
        {
            return;
        }

        Begin();
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            body(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Text(string key, string? text)
    {
        if (text is not null)
        {
            Begin();
            writer.WriteString(key, text);
        }
    }

    private void Texts(string key, IReadOnlyList<string>? texts)
    {
        // Of commands an empty list says "none", which is not the same as nothing said.
        if (texts is null || (texts.Count == 0 && key != "build"))
        {
            return;
        }

        Begin();
        writer.WriteStartArray(key);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private void Number(string key, int? number)
    {
        if (number is { } value)
        {
            Begin();
            writer.WriteNumber(key, value);
        }
    }

    private void Numbers(string key, IReadOnlyList<int> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        Begin();
        writer.WriteStartArray(key);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private void Flag(string key, bool? flag)
    {
        if (flag is { } value)
        {
            Begin();
            writer.WriteBoolean(key, value);
        }
    }

    private void Map(string key, IReadOnlyDictionary<string, string> map) => Section(key, () =>
    {
        foreach (var (name, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Begin();
            writer.WriteString(name, value);
        }
    });
}
