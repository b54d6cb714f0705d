using System.Text.Json;

namespace Nua.Check.Scanning;

/// <summary>The form that a JSON document must have, as a value; <see cref="Faults"/> tells where a document
/// differs.</summary>
public abstract record JsonShape
{
    private JsonShape()
    {
    }

    public static JsonShape Any { get; } = new AnyShape();
    public static JsonShape Text { get; } = new TextShape(0, null);
    public static JsonShape Name { get; } = new TextShape(1, null);
    public static JsonShape Flag { get; } = new FlagShape();
    public static JsonShape Table { get; } = new ObjectShape([]);
    public static JsonShape TableOrList { get; } = new EitherShape(Table, new ListShape(Any));
    public static JsonShape LineOrWords { get; } = new EitherShape(Text, new ListShape(Name));
    public static JsonShape Command { get; } = new NullableShape(Name);

    public static JsonShape Whole(long least = 0, long most = int.MaxValue) => new NumberShape(least, most);
    public static JsonShape OneOf(params string[] words) => new TextShape(1, words);
    public static JsonShape ListOf(JsonShape item) => new ListShape(item);
    public static JsonShape Nullable(JsonShape shape) => new NullableShape(shape);
    public static JsonShape Object(params Field[] fields) => new ObjectShape(fields);

    /// <summary>Each fault as <c>path: what is wrong</c>, at most twenty.</summary>
    public IEnumerable<string> Faults(JsonElement value) => FaultsAt(value, "").Take(20);

    protected abstract IEnumerable<string> FaultsAt(JsonElement value, string path);

    private static string Say(string path, string what) => path.Length == 0 ? what : $"{path}: {what}";

    /// <summary>A member of an object. An optional one may be absent or null.</summary>
    public sealed record Field(string Name, JsonShape Shape, bool IsRequired = true);

    private sealed record AnyShape : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path) => [];
    }

    private sealed record TextShape(int LeastLength, string[]? Words) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                yield return Say(path, "must be text");
            }
            else if (value.GetString() is var text && text!.Length < LeastLength)
            {
                yield return Say(path, "must not be empty");
            }
            else if (Words is not null && !Words.Contains(text))
            {
                yield return Say(path, $"must be one of {string.Join(", ", Words)}");
            }
        }
    }

    private sealed record NumberShape(long Least, long Most) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number < Least
                || number > Most)
            {
                yield return Say(path, $"must be a whole number from {Least} to {Most}");
            }
        }
    }

    private sealed record FlagShape : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path) =>
            value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : [Say(path, "must be true or false")];
    }

    private sealed record NullableShape(JsonShape Shape) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path) =>
            value.ValueKind == JsonValueKind.Null ? [] : Shape.FaultsAt(value, path);
    }

    private sealed record EitherShape(JsonShape First, JsonShape Second) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path)
        {
            var first = First.FaultsAt(value, path).ToList();
            return first.Count == 0 || !Second.FaultsAt(value, path).Any() ? [] : first;
        }
    }

    private sealed record ListShape(JsonShape Item) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                yield return Say(path, "must be a list");
                yield break;
            }

            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                foreach (var fault in Item.FaultsAt(item, $"{path}[{index}]"))
                {
                    yield return fault;
                }

                index++;
            }
        }
    }

    private sealed record ObjectShape(Field[] Fields) : JsonShape
    {
        protected override IEnumerable<string> FaultsAt(JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                yield return Say(path, "must be an object");
                yield break;
            }

            foreach (var field in Fields)
            {
                var place = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                var isThere = value.TryGetProperty(field.Name, out var member);
                if (!isThere && field.IsRequired)
                {
                    yield return Say(place, "is missing");
                }
                else if (isThere && (field.IsRequired || member.ValueKind != JsonValueKind.Null))
                {
                    foreach (var fault in field.Shape.FaultsAt(member, place))
                    {
                        yield return fault;
                    }
                }
            }
        }
    }
}
