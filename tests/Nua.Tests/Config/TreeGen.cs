using System.Text;
using System.Text.Json;
using CsCheck;
using Nua.Config;
using Nua.Config.Catalogue;

namespace Nua.Tests.Config;

/// <summary>A random configuration: keys are real, old or wrong, values of every kind in every place.</summary>
internal abstract record Tree
{
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>One line per key of the top table.</summary>
    public string ToToml() => string.Concat(((Table)this).Entries.Select(entry => entry.ToToml() + "\n"));

    protected abstract void Write(Utf8JsonWriter writer);

    protected abstract string InToml();

    public sealed record Entry(string Key, Tree Value)
    {
        public string ToToml() => $"{TomlText.Key(Key)} = {Value.InToml()}";
    }

    public sealed record Table(IReadOnlyList<Entry> Entries) : Tree
    {
        protected override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach (var (key, value) in Entries)
            {
                writer.WritePropertyName(key);
                value.Write(writer);
            }

            writer.WriteEndObject();
        }

        protected override string InToml() =>
            "{ " + string.Join(", ", Entries.Select(entry => entry.ToToml())) + " }";
    }

    public sealed record List(IReadOnlyList<Tree> Items) : Tree
    {
        protected override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (var item in Items)
            {
                item.Write(writer);
            }

            writer.WriteEndArray();
        }

        protected override string InToml() => "[" + string.Join(", ", Items.Select(item => item.InToml())) + "]";
    }

    public sealed record Text(string Value) : Tree
    {
        protected override void Write(Utf8JsonWriter writer) => writer.WriteStringValue(Value);

        protected override string InToml() => TomlText.Quote(Value);
    }

    /// <summary>A literal that JSON and TOML write alike; TOML has no null and gets text.</summary>
    public sealed record Literal(string Value) : Tree
    {
        protected override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(Value);

        protected override string InToml() => Value == "null" ? "\"null\"" : Value;
    }
}

internal static class TreeGen
{
    private static readonly string[] _words =
    [
        .. ConfigCatalogue.Root.Keys
            .SelectMany(section => section.Inside?.Keys ?? [])
            .SelectMany(key => key.Old.Prepend(key.Name))
            .Select(name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]),
        "persist", "random", "from", "key", "random_str", "property", "web", "SRC_URL", "licence", "name", "type", "x",
        "", "a=b", "é", "assign", "instance", "run_env", "node", "image",
    ];

    private static readonly Gen<Tree> _leaf = Gen.OneOf(
        Gen.OneOf(
            "", "x", "{version}", "{A}{{b}}", "${PORT}", "postgres", "node-20", "yes", "true", "1.10", "docker",
            "/nua/data", "=>", "é😀")
            .Select(text => (Tree)new Tree.Text(text)),
        Gen.String.Select(text => (Tree)new Tree.Text(Clean(text))),
        Gen.OneOf(
            "true", "false", "null", "0", "1", "-5", "8080", "99999999", "1.5", "1.10", "1e3", "9223372036854775807")
            .Select(text => (Tree)new Tree.Literal(text)));

    private static readonly Gen<Tree> _value = Nested(Nested(Nested(_leaf)));

    public static Gen<Tree> Root { get; } = Table(
        Gen.OneOf(Gen.OneOf([.. ConfigCatalogue.Root.Keys.Select(key => key.Name)]), Gen.OneOf(_words)), _value);

    /// <summary>Bytes of the characters that syntaxes are made of.</summary>
    public static Gen<byte[]> Scribble { get; } =
        Gen.OneOf("{}[]:,\"'#=-|>&*!%@`?\\ \n\t.a1e+~<\r".Select(c => (byte)c).ToArray()).Array[0, 60];

    private static Gen<Tree> Nested(Gen<Tree> inner) => Gen.Frequency(
        (3, _leaf),
        (2, Table(Gen.OneOf(_words), inner)),
        (1, inner.List[0, 3].Select(items => (Tree)new Tree.List(items))));

    private static Gen<Tree> Table(Gen<string> keys, Gen<Tree> values) =>
        Gen.Select(keys, values, (key, value) => new Tree.Entry(key, value)).List[0, 6]
            .Select(entries => (Tree)new Tree.Table([.. entries.DistinctBy(entry => entry.Key)]));

    /// <summary>Half characters cannot be written in any of the syntaxes.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0));
}
