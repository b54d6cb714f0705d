using System.Net;
using System.Net.Sockets;
using System.Text;
using Nua.Agent.Web;

namespace Nua.Tests.Agent;

public sealed class WebTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("nua-web-").FullName;

    public WebTests()
    {
        Write("index.html", "<h1>home</h1>");
        Write("app.js", "console.log(1)");
        Write("docs/index.html", "docs");
        Write("a b/ü.txt", "odd");
        Write(".env", "secret");
        Write("docs/.git/config", "secret");
        Write(".well-known/security.txt", "contact");
        Write("noindex/file.txt", "x");
        File.CreateSymbolicLink(Path.Combine(_root, "outside"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(_root, "updir"), "../../../../../../etc");
        File.CreateSymbolicLink(Path.Combine(_root, "inside.html"), "docs/index.html");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("/", 200, "<h1>home</h1>")]
    [InlineData("/?x=1", 200, "<h1>home</h1>")]
    [InlineData("/docs/", 200, "docs")]
    [InlineData("/a%20b/%C3%BC.txt", 200, "odd")]
    [InlineData("/.well-known/security.txt", 200, "contact")]
    [InlineData("/inside.html", 200, "docs")]
    [InlineData("/missing", 404, null)]
    [InlineData("/noindex/", 404, null)]
    [InlineData("/noindex", 404, null)]
    [InlineData("/.env", 404, null)]
    [InlineData("/docs/.git/config", 404, null)]
    [InlineData("/%2eenv", 404, null)]
    [InlineData("/docs/.well-known/x", 404, null)]
    [InlineData("/outside", 404, null)]
    [InlineData("/updir/passwd", 404, null)]
    [InlineData("/../etc/passwd", 404, null)]
    [InlineData("/docs/../app.js", 404, null)]
    [InlineData("/%2e%2e/etc/passwd", 404, null)]
    [InlineData("/docs%2findex.html", 404, null)]
    [InlineData("/app.js%00.html", 404, null)]
    [InlineData("/%zz", 404, null)]
    [InlineData("/%", 404, null)]
    [InlineData("//etc/passwd", 404, null)]
    [InlineData("/./app.js", 404, null)]
    [InlineData("/app.js/", 404, null)]
    [InlineData("app.js", 404, null)]
    [InlineData("*", 404, null)]
    public void Path_gives_its_file_or_nothing(string target, int status, string? body)
    {
        var answer = Ask($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(status, answer.Status);
        if (body is not null)
        {
            Assert.Equal(body, answer.Body);
        }
    }

    [Theory]
    [InlineData("/docs", "./docs/")]
    [InlineData("/docs?a=//b", "./docs/?a=//b")]
    [InlineData("/a%3ab", "./a%3Ab/")]
    public void Folder_without_a_slash_is_redirected_relatively(string target, string location)
    {
        Write("a:b/index.html", "x");

        var answer = Ask($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(301, answer.Status);
        Assert.Equal(location, answer.Header("location"));
    }

    [Fact]
    public void Head_has_the_headers_of_get_and_no_body()
    {
        var get = Ask("GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n");
        var head = Ask("HEAD /app.js HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(get.Head.Split("\r\n")[2..], head.Head.Split("\r\n")[2..]);
        Assert.Equal("", head.Body);
        Assert.Equal("text/javascript; charset=utf-8", head.Header("content-type"));
        Assert.Equal("nosniff", head.Header("x-content-type-options"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("get")]
    public void Other_method_is_refused_with_405(string method)
    {
        var answer = Ask($"{method} / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(405, answer.Status);
        Assert.Equal("GET, HEAD", answer.Header("allow"));
    }

    [Theory]
    [InlineData("bytes=0-4", 206, "conso", "bytes 0-4/14")]
    [InlineData("bytes=8-", 206, "log(1)", "bytes 8-13/14")]
    [InlineData("bytes=-3", 206, "(1)", "bytes 11-13/14")]
    [InlineData("bytes=-99", 206, "console.log(1)", "bytes 0-13/14")]
    [InlineData("bytes=12-99999999999999999999", 206, "1)", "bytes 12-13/14")]
    [InlineData("bytes=14-", 416, null, "bytes */14")]
    [InlineData("bytes=-0", 416, null, "bytes */14")]
    [InlineData("bytes=0-1,3-4", 200, "console.log(1)", null)]
    [InlineData("bytes=5-2", 200, "console.log(1)", null)]
    [InlineData("bytes=a-b", 200, "console.log(1)", null)]
    [InlineData("lines=0-1", 200, "console.log(1)", null)]
    public void Range_is_served_or_refused_or_ignored(string range, int status, string? body, string? contentRange)
    {
        var answer = Ask($"GET /app.js HTTP/1.1\r\nHost: x\r\nRange: {range}\r\n\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal(contentRange, answer.Header("content-range"));
        if (body is not null)
        {
            Assert.Equal(body, answer.Body);
        }
    }

    [Fact]
    public void Tag_tells_contents_apart_that_have_the_same_size_and_time()
    {
        var time = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(_root, "app.js"), time);
        var first = Ask("GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n").Header("etag");
        Write("app.js", "console.log(2)");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "app.js"), time);

        Assert.NotEqual(first, Ask("GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n").Header("etag"));
    }

    [Fact]
    public void Copy_that_is_current_gets_304_and_a_range_of_an_old_one_the_whole_file()
    {
        var first = Ask("GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n");
        var (tag, date) = (first.Header("etag")!, first.Header("last-modified")!);

        Assert.Equal(304, Conditional($"If-None-Match: \"other\", W/{tag}").Status);
        Assert.Equal(304, Conditional("If-None-Match: *").Status);
        Assert.Equal(304, Conditional($"If-Modified-Since: {date}").Status);
        Assert.Equal(200, Conditional($"If-None-Match: \"other\"\r\nIf-Modified-Since: {date}").Status);
        Assert.Equal(200, Conditional("If-Modified-Since: Sun, 06 Nov 2050 08:49:37 GMT").Status);
        Assert.Equal(412, Conditional("If-Match: \"other\"").Status);
        Assert.Equal(200, Conditional($"If-Match: {tag}").Status);
        Assert.Equal(206, Conditional($"Range: bytes=0-1\r\nIf-Range: {tag}").Status);
        Assert.Equal(200, Conditional("Range: bytes=0-1\r\nIf-Range: \"other\"").Status);

        RawAnswer Conditional(string headers) => Ask($"GET /app.js HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n");
    }

    [Theory]
    [InlineData("gzip, br;q=0.5", "gzip", "GZ")]
    [InlineData("gzip, br", "br", "BR")]
    [InlineData("br;q=0, gzip", "gzip", "GZ")]
    [InlineData("*", "br", "BR")]
    [InlineData("identity", null, "console.log(1)")]
    [InlineData("", null, "console.log(1)")]
    [InlineData("br;q=0, *;q=0", null, "console.log(1)")]
    public void Precompressed_file_is_chosen_by_what_the_client_accepts(string accepted, string? coding, string body)
    {
        Write("app.js.gz", "GZ");
        Write("app.js.br", "BR");

        var answer = Ask($"GET /app.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {accepted}\r\n\r\n");

        Assert.Equal(coding, answer.Header("content-encoding"));
        Assert.Equal("Accept-Encoding", answer.Header("vary"));
        Assert.Equal("text/javascript; charset=utf-8", answer.Header("content-type"));
        Assert.Equal(body, answer.Body);
    }

    [Fact]
    public void Precompressed_file_older_than_its_original_is_not_used()
    {
        Write("app.js.gz", "old");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "app.js.gz"), new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var answer = Ask("GET /app.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");

        Assert.Null(answer.Header("content-encoding"));
        Assert.Equal("console.log(1)", answer.Body);
    }

    [Theory]
    [InlineData("/settings/profile", "", 200)]
    [InlineData("/john.doe", "Accept: text/html\r\n", 200)]
    [InlineData("/lost.js", "Accept: */*\r\n", 404)]
    [InlineData("/../x", "", 404)]
    public void Single_page_application_gets_its_index_for_pages_only(string target, string headers, int status)
    {
        var answer = Ask($"GET {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\n", spa: true);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200, answer.Body.Contains("home", StringComparison.Ordinal));
    }

    [Fact]
    public void Own_page_for_what_is_missing_has_status_404_and_is_never_304()
    {
        Write("404.html", "lost");
        var answer = Ask("GET /nowhere HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nRange: bytes=0-1\r\n\r\n");

        Assert.Equal(404, answer.Status);
        Assert.Equal("lost", answer.Body);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /\r\n\r\n", 400)]
    [InlineData("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.1\nHost: x\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400)]
    [InlineData("GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET http://x/app.js HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", 200)]
    public void Request_is_read_strictly(string request, int status) => Assert.Equal(status, Ask(request).Status);

    [Fact]
    public void Endless_head_or_line_is_refused()
    {
        Assert.Equal(431,
            Ask("GET / HTTP/1.1\r\nHost: x\r\n"
            + string.Concat(Enumerable.Repeat("X-A: 0123456789\r\n", 2000))).Status);
        Assert.Equal(414, Ask("GET /" + new string('a', 20_000)).Status);
    }

    [Fact]
    public void Requests_on_one_connection_are_answered_in_order_and_a_body_ends_it()
    {
        using var server = new TestServer(_root, spa: false);
        var text = server.Exchange(
            "GET /app.js HTTP/1.1\r\nHost: x\r\n\r\nGET /docs/ HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /app.js HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(3, text.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.True(text.IndexOf("console", StringComparison.Ordinal) < text.IndexOf("docs", StringComparison.Ordinal));
        Assert.EndsWith("<h1>home</h1>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_file_arrives_whole_at_a_slow_reader()
    {
        var bytes = new byte[6 << 20];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(_root, "big.bin"), bytes);
        using var server = new TestServer(_root, spa: false);
        using var client = server.Connect();
        client.Send("GET /big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        Thread.Sleep(100);

        var received = TestServer.ReadAll(client);

        Assert.Equal(bytes, received[^bytes.Length..]);
    }

    [Fact]
    public void Clients_beyond_the_capacity_make_idle_ones_leave()
    {
        using var server = new TestServer(_root, spa: false, capacity: 4);
        var idle = Enumerable.Range(0, 4).Select(_ => server.Connect()).ToList();
        Thread.Sleep(50);

        Assert.Contains("200 OK", server.Exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal);
        idle.ForEach(client => client.Dispose());
    }

    private RawAnswer Ask(string request, bool spa = false)
    {
        using var server = new TestServer(_root, spa);
        return new RawAnswer(server.Exchange(request));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), text);
    }

    private sealed record RawAnswer(string Text)
    {
        public int Status => int.Parse(Text.AsSpan(9, 3));

        public string Head => Text[..(Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];

        public string Body => Text[Head.Length..];

        public string? Header(string name) =>
            Head.Split("\r\n").Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim()).SingleOrDefault();
    }

    /// <summary>The server on a free port, in a thread of the test.</summary>
    private sealed class TestServer : IDisposable
    {
        private readonly WebFolder _folder;
        private readonly WebServer _server;
        private readonly Thread _thread;
        private readonly int _port;

        public TestServer(string root, bool spa, int capacity = 64)
        {
            _folder = WebFolder.Open(root);
            var listener = WebProgram.Listen(0);
            _port = WebProgram.PortOf(listener);
            _server = new WebServer(listener, new Responder(_folder, spa, TimeProvider.System), log: null, capacity);
            _thread = new Thread(_server.Run);
            _thread.Start();
        }

        public Socket Connect()
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
                ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
            client.Connect(new IPEndPoint(IPAddress.Loopback, _port));
            return client;
        }

        /// <summary>Sends everything, ends the sending side, reads to the end.</summary>
        public string Exchange(string request)
        {
            using var client = Connect();
            client.Send(Encoding.Latin1.GetBytes(request));
            client.Shutdown(SocketShutdown.Send);
            return Encoding.Latin1.GetString(ReadAll(client));
        }

        public static byte[] ReadAll(Socket client)
        {
            using var all = new MemoryStream();
            var buffer = new byte[4096];
            int count;
            while ((count = client.Receive(buffer)) > 0)
            {
                all.Write(buffer, 0, count);
            }

            return all.ToArray();
        }

        public void Dispose()
        {
            _server.RequestStop();
            _thread.Join();
            _server.Dispose();
            _folder.Dispose();
        }
    }
}
