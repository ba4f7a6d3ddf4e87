// A client without any knowledge of Valet Key: reads an object a number of times, and prints each
// result with the access key that it used.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	bucket, key := os.Args[1], os.Args[2]
	times, _ := strconv.Atoi(os.Args[3])
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	for i := 0; i < times; i++ {
		// Calls in the middle of a second, because credentials expire at its beginning.
		now := time.Now()
		time.Sleep(now.Truncate(time.Second).Add(1500 * time.Millisecond).Sub(now))
		fmt.Println(read(ctx, cfg.Credentials.Retrieve, client, bucket, key))
	}
}

type retrieve func(context.Context) (aws.Credentials, error)

func read(ctx context.Context, credentials retrieve, client *s3.Client, bucket, key string) string {
	result := "allowed"
	object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused):
		result = refused.ErrorCode()
	case err != nil:
		result = err.Error()
	default:
		_, _ = io.Copy(io.Discard, object.Body)
		_ = object.Body.Close()
	}
	used, err := credentials(ctx)
	if err != nil {
		return result + " with no credentials: " + err.Error()
	}
	return result + " with " + used.AccessKeyID
}
